internal import RPC
internal import RPCTransport
internal import Synchronization

/// A call that is made again when an attempt of it fails, as its plan decides (gRFC A6).
///
/// Whether it is depends on nobody having seen anything of a response. Until then what was sent is kept,
/// to be sent again in the same order.
final class RetryingCall: ClientCall {
  /// Opens an attempt, which follows so many others.
  ///
  /// `isTransparent` says that no server has seen the one before.
  typealias Open =
    @Sendable (_ previousAttempts: Int, _ isTransparent: Bool) async throws(RPCError)
    -> any ClientCall

  /// How many bytes of requests are kept; a call that has sent more is not made again.
  static let maximumKeptBytes = 256 * 1024

  private struct Request {
    var message: [UInt8]
    /// Whether it is compressed if the call is.
    var compressed: Bool
  }

  private struct State {
    var plan: RetryPlan
    var call: any ClientCall
    /// Counts the calls that were made.
    var attempt = 0
    var kept: [Request] = []
    var keptBytes = 0
    var hasFinished = false
    /// Whether the call cannot be made again.
    var isCommitted = false
    /// Whether the last failure is the call's.
    var hasFailed = false
    var isCancelled = false
    /// Opens the next attempt; nil unless that is under way.
    var opening: Task<RPCError?, Never>?
    /// Sends what was sent before to an attempt; nil unless that is under way.
    var replay: Task<Void, Never>?

    mutating func keep(_ request: Request) {
      guard !isCommitted else { return }
      kept.append(request)
      keptBytes += request.message.count
      if keptBytes > RetryingCall.maximumKeptBytes || call.isAnswered { commit() }
    }

    mutating func commit() {
      isCommitted = true
      kept = []
    }

    mutating func fail() {
      hasFailed = true
      commit()
    }
  }

  private let state: Mutex<State>
  private let allowances: RetryAllowances
  private let open: Open

  /// Makes a call of its first attempt.
  init(
    _ call: any ClientCall, _ plan: RetryPlan, _ allowances: RetryAllowances, open: @escaping Open
  ) {
    state = Mutex(State(plan: plan, call: call))
    self.allowances = allowances
    self.open = open
  }

  // MARK: - The caller's side

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await send(Request(message: message, compressed: compressed)) {
      call async throws(RPCError) in
      try await call.write(message, compressed: compressed)
    }
  }

  func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await send(Request(message: message, compressed: true), isLast: true) {
      call async throws(RPCError) in
      try await call.writeLast(message)
    }
  }

  func finishRequests() {
    let call = state.withLock { state -> (any ClientCall)? in
      state.hasFinished = true
      // Else the requests are ended where they are sent again.
      return state.opening == nil && state.replay == nil ? state.call : nil
    }
    call?.finishRequests()
  }

  func next() async throws(RPCError) -> [UInt8]? {
    while true {
      let (call, attempt, opening) = state.withLock { ($0.call, $0.attempt, $0.opening) }
      if let opening {
        if let error = await opening.value { throw error }
        continue
      }
      do throws(RPCError) {
        let message = try await call.next()
        state.withLock { if !$0.isCommitted { $0.commit() } }
        if message == nil { allowances.throttle?.succeeded() }
        return message
      } catch {
        try await repeatCall(after: attempt, error)
      }
    }
  }

  /// Whether the next attempt is to come.
  var isWaitingForAttempt: Bool { state.withLock { $0.opening != nil } }

  var isAnswered: Bool { state.withLock { $0.call.isAnswered } }

  func cancel() {
    let (call, opening, replay) = state.withLock { state in
      state.isCancelled = true
      return (state.call, state.opening, state.replay)
    }
    opening?.cancel()
    replay?.cancel()
    call.cancel()
  }

  // MARK: - Requests

  private func send(
    _ request: Request, isLast: Bool = false,
    _ write: (any ClientCall) async throws(RPCError) -> Void
  ) async throws(RPCError) {
    while true {
      let (call, attempt, opening, replay) = state.withLock { state in
        if state.opening == nil, state.replay == nil {
          // Under the lock: an attempt that follows sends it, too.
          state.keep(request)
          if isLast { state.hasFinished = true }
        }
        return (state.call, state.attempt, state.opening, state.replay)
      }
      if let opening {
        if let error = await opening.value { throw error }
      } else if let replay {
        await replay.value
      } else {
        do throws(RPCError) { try await write(call) } catch {
          // The message is among those that are sent again.
          try await repeatCall(after: attempt, error)
        }
        return
      }
    }
  }

  /// Sends what was sent to earlier attempts; responses can be read meanwhile.
  private func sendAgain(_ requests: [Request], to call: any ClientCall, attempt: Int) async {
    for request in requests {
      // Whoever reads or writes next learns what became of this attempt.
      do throws(RPCError) {
        try await call.write(request.message, compressed: request.compressed)
      } catch { break }
    }
    let endsRequests = state.withLock { state in
      guard state.attempt == attempt else { return false }
      state.replay = nil
      return state.hasFinished
    }
    if endsRequests { call.finishRequests() }
  }

  // MARK: - Attempts

  /// Makes the call again, or waits until that is done; throws if that is not to be.
  private func repeatCall(after attempt: Int, _ error: RPCError) async throws(RPCError) {
    let opening = try state.withLock { state throws(RPCError) -> Task<RPCError?, Never>? in
      guard state.attempt == attempt else { return state.opening }
      guard !state.hasFailed, !state.isCancelled else { throw error }
      let attemptsBefore = state.plan.previousAttempts
      let decision = state.plan.decide(
        after: error, isCommitted: state.isCommitted || state.call.isAnswered, at: .now,
        jitter: .random(in: 0...1), allowances)
      guard case .retry(let wait) = decision else {
        state.fail()
        throw error
      }
      state.attempt += 1
      state.replay = nil
      let (next, previousAttempts) = (state.attempt, state.plan.previousAttempts)
      let opening = Task {
        await self.open(
          attempt: next, after: wait, previousAttempts: previousAttempts,
          isTransparent: previousAttempts == attemptsBefore)
      }
      state.opening = opening
      return opening
    }
    if let failure = await opening?.value { throw failure }
  }

  /// Opens an attempt; returns what went wrong.
  private func open(
    attempt: Int, after wait: Duration, previousAttempts: Int, isTransparent: Bool
  ) async -> RPCError? {
    do throws(RPCError) {
      if wait > .zero { try await Self.sleep(for: wait) }
      let call = try await open(previousAttempts, isTransparent)
      let isCancelled = state.withLock { state in
        state.call = call
        state.opening = nil
        let requests = state.kept
        state.replay = Task { await self.sendAgain(requests, to: call, attempt: attempt) }
        return state.isCancelled
      }
      if isCancelled { call.cancel() }
      return nil
    } catch {
      // Nobody tries again: the attempt that failed stays.
      state.withLock { state in
        state.fail()
        state.opening = nil
      }
      return error
    }
  }

  private static func sleep(for time: Duration) async throws(RPCError) {
    do { try await Task.sleep(for: time) } catch {
      throw RPCError(.cancelled, "the caller cancelled the call")
    }
  }
}
