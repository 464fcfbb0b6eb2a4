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
  /// The calls under way.
  private let calls = Atomic<UInt64>(0)
  private let latency = Atomic<UInt64>(LatencyEstimate().word)
  /// What its calls came to, as far as somebody looks for outliers.
  let outcomes = CallOutcomes()
  private let outliers: OutlierWatch?

  /// - Parameter outliers: Who looks for outliers; nil for nobody.
  init(_ address: ServiceAddress, outliers: OutlierWatch? = nil) {
    self.address = address
    self.outliers = outliers
  }

  // MARK: - What it has to do

  /// Calls under way, packed so that they are counted and limited together.
  private struct Calls {
    var word: UInt64
    var unary: Int { Int(UInt32(truncatingIfNeeded: word)) }
    var streams: Int { Int(word >> 32) }
    var count: Int { unary + streams }

    static func one(_ kind: CallKind) -> UInt64 { if case .unary = kind { 1 } else { 1 << 32 } }
  }

  /// How many calls are under way.
  var callCount: Int { Calls(word: calls.load(ordering: .relaxed)).count }

  /// What a call of a kind adds to: see ``BalancingPolicy/powerOfTwoChoices``.
  func load(for kind: CallKind, at now: MillisecondClock.Time) -> Float {
    let underWay = Calls(word: self.calls.load(ordering: .relaxed))
    guard case .unary = kind else { return Float(underWay.streams + 1) }
    let calls = Float(underWay.unary)
    let estimate = LatencyEstimate(word: latency.load(ordering: .relaxed)).milliseconds(at: now)
    // Of a server that has never answered, or not for long, one answer is awaited before it gets more.
    if estimate < Self.unknown, calls > 0 { return Self.untried + calls }
    return estimate * (calls + 1)
  }

  /// Milliseconds below which an estimate has been forgotten.
  private static let unknown: Float = 1e-6
  private static let untried: Float = 1e9

  // MARK: - Its calls

  /// A call is sent here, unless there are so many.
  ///
  /// - Returns: Whether it is.
  @discardableResult
  func callBegan(_ kind: CallKind, limit: Int = .max) -> Bool {
    let before = calls.wrappingAdd(Calls.one(kind), ordering: .relaxed).oldValue
    guard Calls(word: before).count >= limit else { return true }
    callNotMade(kind)
    return false
  }

  /// A call that was sent here was not made.
  func callNotMade(_ kind: CallKind) {
    calls.wrappingSubtract(Calls.one(kind), ordering: .relaxed)
  }

  func callEnded(_ kind: CallKind, _ failure: RPCError?, isServers: Bool, after time: Duration) {
    callEnded(kind, failure, isServers: isServers, after: time, at: .now)
  }

  /// A call has ended at a given time.
  func callEnded(
    _ kind: CallKind, _ failure: RPCError?, isServers: Bool, after time: Duration,
    at now: ContinuousClock.Instant
  ) {
    callNotMade(kind)
    outliers?.count(CallOutcomes.verdict(kind, failure), in: outcomes)
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
