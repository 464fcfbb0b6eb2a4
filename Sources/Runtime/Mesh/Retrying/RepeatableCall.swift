internal import RPC
internal import RPCTransport
internal import Synchronization

/// A call that is made again when its server has certainly not seen it (gRFC A6, "Transparent Retries").
///
/// Whether that is so is known before the first response. Until then what was sent is kept, to be sent
/// again in the same order.
final class RepeatableCall: ClientCall {
  typealias Open = @Sendable () async throws(RPCError) -> any ClientCall

  /// How often a call is made again: each time on a connection that was ready a moment before.
  static let maximumRepeats = 3
  /// How many bytes of requests are kept; a call that has sent more is not made again.
  static let maximumKeptBytes = 256 * 1024

  private struct Request {
    var message: [UInt8]
    /// Whether it is compressed if the call is.
    var compressed: Bool
  }

  private struct State {
    var call: any ClientCall
    /// Counts the calls that were made.
    var attempt = 0
    var kept: [Request] = []
    var keptBytes = 0
    var hasFinished = false
    /// Whether the call cannot be made again.
    var isCommitted = false
    var isCancelled = false
    /// Makes the next attempt; nil unless that is under way.
    var replacement: Task<RPCError?, Never>?

    mutating func keep(_ request: Request) {
      guard !isCommitted else { return }
      kept.append(request)
      keptBytes += request.message.count
      if keptBytes > RepeatableCall.maximumKeptBytes { commit() }
    }

    mutating func commit() {
      isCommitted = true
      kept = []
    }
  }

  private let state: Mutex<State>
  private let open: Open

  init(_ call: any ClientCall, open: @escaping Open) {
    state = Mutex(State(call: call))
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
      // Else the replacement ends its requests itself.
      return state.replacement == nil ? state.call : nil
    }
    call?.finishRequests()
  }

  func next() async throws(RPCError) -> [UInt8]? {
    while true {
      let (call, attempt) = try await current { _ in }
      do throws(RPCError) {
        let message = try await call.next()
        state.withLock { if !$0.isCommitted { $0.commit() } }
        return message
      } catch {
        try await repeatCall(after: attempt, error)
      }
    }
  }

  func cancel() {
    let (call, replacement) = state.withLock { state in
      state.isCancelled = true
      return (state.call, state.replacement)
    }
    replacement?.cancel()
    call.cancel()
  }

  // MARK: - Attempts

  /// The call as it is made now, once it has been; `note` is told while it cannot change.
  private func current(
    _ note: (inout State) -> Void
  ) async throws(RPCError) -> (any ClientCall, attempt: Int) {
    while true {
      let (call, attempt, replacement) = state.withLock { state in
        if state.replacement == nil { note(&state) }
        return (state.call, state.attempt, state.replacement)
      }
      guard let replacement else { return (call, attempt) }
      if let error = await replacement.value { throw error }
    }
  }

  private func send(
    _ request: Request, isLast: Bool = false,
    _ write: (any ClientCall) async throws(RPCError) -> Void
  ) async throws(RPCError) {
    let (call, attempt) = try await current { state in
      state.keep(request)
      if isLast { state.hasFinished = true }
    }
    do throws(RPCError) { try await write(call) } catch {
      // The message is among those that are sent again.
      try await repeatCall(after: attempt, error)
    }
  }

  /// Makes the call again, or waits until that is done; throws if it cannot be helped.
  private func repeatCall(after attempt: Int, _ error: RPCError) async throws(RPCError) {
    guard error.cause is CallNotProcessed else { throw error }
    let replacement = try state.withLock { state throws(RPCError) -> Task<RPCError?, Never>? in
      guard state.attempt == attempt else { return state.replacement }
      guard !state.isCommitted, !state.isCancelled, attempt < Self.maximumRepeats else {
        throw error
      }
      state.attempt += 1
      let requests = state.kept
      let replacement = Task { await self.replace(with: requests) }
      state.replacement = replacement
      return replacement
    }
    if let failure = await replacement?.value { throw failure }
  }

  /// Opens another call and sends what was sent before; returns what went wrong.
  private func replace(with requests: [Request]) async -> RPCError? {
    do throws(RPCError) {
      let call = try await open()
      let isCancelled = state.withLock { state in
        state.call = call
        return state.isCancelled
      }
      if isCancelled { call.cancel() }
      for request in requests {
        // Whoever reads or writes next learns what became of this call.
        do throws(RPCError) {
          try await call.write(request.message, compressed: request.compressed)
        } catch {
          break
        }
      }
      let hasFinished = state.withLock { state in
        state.replacement = nil
        return state.hasFinished
      }
      if hasFinished { call.finishRequests() }
      return nil
    } catch {
      // Nobody tries again: the call that was refused stays, and its error with it.
      state.withLock { state in
        state.commit()
        state.replacement = nil
      }
      return error
    }
  }
}
