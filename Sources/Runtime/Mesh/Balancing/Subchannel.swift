internal import RPC
internal import Synchronization

/// One address of a service, and how its calls go.
///
/// It lasts as long as the address is among those of the service, whatever becomes of connections.
final class Subchannel: CallObserver {
  /// What an answer counts that says the server is overloaded or cannot serve: it came fast, but it was
  /// none (as Linkerd's load biaser has it).
  static let failurePenalty: Duration = .seconds(1)

  let address: ServiceAddress
  private let unaryCalls = Atomic(0)
  private let streams = Atomic(0)
  private let latency = Atomic<UInt64>(LatencyEstimate().word)

  init(_ address: ServiceAddress) {
    self.address = address
  }

  // MARK: - What it has to do

  /// How many calls are under way.
  var callCount: Int {
    unaryCalls.load(ordering: .relaxed) + streams.load(ordering: .relaxed)
  }

  /// What a call of a kind adds to: see ``BalancingPolicy/powerOfTwoChoices``.
  func load(for kind: CallKind, at now: MillisecondClock.Time) -> Float {
    guard case .unary = kind else { return Float(streams.load(ordering: .relaxed) + 1) }
    let calls = Float(unaryCalls.load(ordering: .relaxed))
    let estimate = LatencyEstimate(word: latency.load(ordering: .relaxed)).milliseconds(at: now)
    // Of a server that has never answered, or not for long, one answer is awaited before it gets more.
    if estimate < Self.unknown, calls > 0 { return Self.untried + calls }
    return estimate * (calls + 1)
  }

  /// Milliseconds below which an estimate has been forgotten.
  private static let unknown: Float = 1e-6
  private static let untried: Float = 1e9

  // MARK: - Its calls

  /// A call has been sent here.
  func callBegan(_ kind: CallKind) {
    count(kind, 1)
  }

  /// A call that was sent here was not made.
  func callNotMade(_ kind: CallKind) {
    count(kind, -1)
  }

  func callEnded(_ kind: CallKind, _ failure: RPCError?, isServers: Bool, after time: Duration) {
    callEnded(kind, failure, isServers: isServers, after: time, at: .now)
  }

  /// A call has ended at a given time.
  func callEnded(
    _ kind: CallKind, _ failure: RPCError?, isServers: Bool, after time: Duration,
    at now: ContinuousClock.Instant
  ) {
    count(kind, -1)
    let now = MillisecondClock.time(of: now)
    switch failure?.code {
    case .unavailable,
      .resourceExhausted where isServers:
      change { $0.add(max(time, Self.failurePenalty), at: now) }
    case .cancelled, .deadlineExceeded, .resourceExhausted:
      if case .unary = kind { change { $0.addAtLeast(time, at: now) } }
    default:
      if case .unary = kind { change { $0.add(time, at: now) } }
    }
  }

  private func count(_ kind: CallKind, _ change: Int) {
    if case .unary = kind {
      unaryCalls.wrappingAdd(change, ordering: .relaxed)
    } else {
      streams.wrappingAdd(change, ordering: .relaxed)
    }
  }

  private func change(_ body: (inout LatencyEstimate) -> Void) {
    var word = latency.load(ordering: .relaxed)
    while true {
      var estimate = LatencyEstimate(word: word)
      body(&estimate)
      let (isDone, current) = latency.weakCompareExchange(
        expected: word, desired: estimate.word, ordering: .relaxed)
      if isDone { return }
      word = current
    }
  }
}
