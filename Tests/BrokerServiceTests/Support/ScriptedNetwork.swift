import RPC
import RPCInProcess
import Synchronization
import TestSupport

/// What becomes of calls on their way to the exchange and back.
final class ScriptedNetwork: Sendable {
  struct State {
    var isAway = false
    /// How many of the next calls of a method do not arrive.
    var lostRequests: [String: Int] = [:]
    /// How many of the next calls of a method are carried out and not answered.
    var lostAnswers: [String: Int] = [:]
    /// Draws which calls do not arrive or are not answered, a quarter of them each; nil for none.
    var losses: SeededGenerator?
    /// Whether submissions are under way until they are let through.
    var holdsSubmissions = false
    var held: [CheckedContinuation<Void, Never>] = []
    /// Whether calls get more time than they were given: a machine may be busy.
    var isPatient = true
    /// The most time that a call of each method was given.
    var timeouts: [String: Duration] = [:]
    /// How often each method was called.
    var calls: [String: Int] = [:]
  }

  let state = Mutex(State())

  /// Refuses calls, or lets them through again.
  func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

  func loseRequests(of method: String, _ count: Int) {
    state.withLock { $0.lostRequests[method] = count }
  }

  func loseAnswers(of method: String, _ count: Int) {
    state.withLock { $0.lostAnswers[method] = count }
  }

  /// Whether calls get more time than they were given.
  func setPatient(_ isPatient: Bool) { state.withLock { $0.isPatient = isPatient } }

  /// The most time that a call of a method was given; nil when one was given all time.
  func timeout(of method: String) -> Duration? { state.withLock { $0.timeouts[method] } }

  /// When a call ends that was to end at a time.
  func deadline(_ deadline: ContinuousClock.Instant?, of method: String) -> ContinuousClock.Instant?
  {
    guard let deadline else { return nil }
    let now = ContinuousClock.now
    return state.withLock { state in
      state.timeouts[method] = max(state.timeouts[method] ?? .zero, deadline - now)
      return state.isPatient ? max(deadline, now + .seconds(60)) : deadline
    }
  }

  /// Loses calls and answers from now on, or none any more.
  func loseAtRandom(_ losses: SeededGenerator?) { state.withLock { $0.losses = losses } }

  func calls(of method: String) -> Int { state.withLock { $0.calls[method, default: 0] } }

  /// Keeps submissions under way from now on.
  func holdSubmissions() { state.withLock { $0.holdsSubmissions = true } }

  var heldCount: Int { state.withLock { $0.held.count } }

  /// Lets the submissions arrive that are under way.
  func release() {
    let held = state.withLock { state in
      state.holdsSubmissions = false
      defer { state.held = [] }
      return state.held
    }
    for continuation in held { continuation.resume() }
  }

  /// What becomes of a call.
  enum Fate { case arrives, isLost, isNotAnswered, isHeld }

  func fate(of method: String) -> Fate {
    state.withLock { state in
      state.calls[method, default: 0] += 1
      if state.isAway { return .isLost }
      if let count = state.lostRequests[method], count > 0 {
        state.lostRequests[method] = count - 1
        return .isLost
      }
      if let count = state.lostAnswers[method], count > 0 {
        state.lostAnswers[method] = count - 1
        return .isNotAnswered
      }
      if var losses = state.losses, method != "WatchExecutionReports" {
        let draw = Int.random(in: 0..<4, using: &losses)
        state.losses = losses
        if draw == 0 { return .isLost }
        if draw == 1 { return .isNotAnswered }
      }
      return state.holdsSubmissions && method == "SubmitExchangeOrder" ? .isHeld : .arrives
    }
  }

  func hold() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.holdsSubmissions { state.held.append(continuation) }
        return !state.holdsSubmissions
      }
      if isFree { continuation.resume() }
    }
  }
}

/// A channel over the scripted network, on which no call runs out of time because a machine is busy.
struct ScriptedChannel: RPCChannel {
  let base: InProcessChannel
  let network: ScriptedNetwork

  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    let fate = network.fate(of: head.method.method)
    if case .isLost = fate { throw RPCError(.unavailable, "the request is lost") }
    if case .isHeld = fate { await network.hold() }
    var head = head
    head.deadline = network.deadline(head.deadline, of: head.method.method)
    let call = try await base.open(head)
    guard case .isNotAnswered = fate else { return call }
    return DeafCall(call)
  }
}
