import RPC
import Synchronization

/// Both ends of one call: the client's view of it, and the task that runs the handler.
///
/// Nothing is compressed, but each message says whether it was to be.
final class InProcessCall: ClientCall {
  private let call: ServerCall
  private let server: InProcessServer
  private let compression: Compression
  private let responseMetadata: ResponseMetadata?
  private let observer: (any CallObserver)?
  private let opening = ContinuousClock.now
  private let requests: MessagePipe
  private let responses: MessagePipe
  private let state = Mutex(State())

  private struct State {
    var hasEnded = false
    var hasAnswered = false
    var responseCompression = Compression.identity
    /// Whether the handler has written a response.
    var hasResponded = false
    var tasks: [Task<Void, any Error>] = []
  }

  init(_ call: ServerCall, on server: InProcessServer, _ head: CallHead) {
    self.call = call
    self.server = server
    self.compression = head.compression
    self.responseMetadata = head.responseMetadata
    self.observer = head.observer
    self.requests = MessagePipe(capacity: server.limits.bufferedBytes)
    self.responses = MessagePipe(capacity: server.limits.bufferedBytes)
  }

  /// Starts the handler, and the clock if there is a deadline.
  func start() {
    // Detached: a server knows nothing of the client's task-locals.
    let handler = Task<Void, any Error>.detached {
      let failure = await self.server.router.serve(
        self.call, requests: self.requestSource, responses: ResponseSink(self))
      self.end(failure, isHandlers: true)
      self.server.end(self)
    }
    self.keep(handler)
    guard let deadline = self.call.deadline else { return }
    let clock = Task<Void, any Error>.detached {
      try await Task.sleep(until: deadline, clock: .continuous)
      self.end(Deadline.exceeded)
    }
    self.keep(clock)
  }

  private var requestSource: any MessageSource {
    guard self.compression != .identity else { return self.requests }
    return CompressedRequests(self.requests, of: self.call) { $0 }
  }

  private func keep(_ task: Task<Void, any Error>) {
    let hasEnded = self.state.withLock { state in
      if !state.hasEnded { state.tasks.append(task) }
      return state.hasEnded
    }
    if hasEnded { task.cancel() }
  }

  /// Ends the call for both sides.
  ///
  /// The first end counts.
  ///
  /// - Parameter isHandlers: Whether the handler ended the call; then its messages come before its status.
  ///   Anything else overtakes them.
  func end(_ failure: RPCError?, isHandlers: Bool = false) {
    let tasks = self.state.withLock { state -> [Task<Void, any Error>]? in
      guard !state.hasEnded else { return nil }
      state.hasEnded = true
      defer { state.tasks = [] }
      return state.tasks
    }
    guard let tasks else { return }
    var failure = failure
    do throws(RPCError) { try self.answer() } catch { failure = failure ?? error }
    let end = CallEnd(of: self.call, failure, within: self.server.limits)
    self.observer?.callEnded(
      self.call.registered.descriptor.kind, end.visible, isServers: isHandlers,
      after: self.opening.duration(to: .now))
    if let visible = end.visible {
      self.responseMetadata?.received(trailing: visible.metadata)
      if isHandlers { self.responses.finish(visible) } else { self.responses.fail(visible) }
      self.requests.fail(visible)
    } else {
      self.responseMetadata?.received(trailing: end.trailing)
      self.responses.finish()
      self.requests.fail(ServerEndedCall.error)
    }
    for task in tasks { task.cancel() }
  }

  /// Delivers the initial metadata, once, and says how the responses are to be compressed.
  @discardableResult
  private func answer() throws(RPCError) -> Compression {
    let (isFirst, known) = self.state.withLock { state in
      defer { state.hasAnswered = true }
      return (!state.hasAnswered, state.responseCompression)
    }
    guard isFirst else { return known }
    let head = try self.call.takeHead(within: self.server.limits)
    let compression = head.compression ?? .identity
    self.state.withLock { $0.responseCompression = compression }
    self.responseMetadata?.received(initial: head.metadata)
    return compression
  }

  // MARK: - The client's side

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    guard message.count <= self.server.limits.messageBytes else {
      let error = self.server.limits.messageTooLarge(message.count)
      self.end(error)
      throw error
    }
    try await self.requests.write(
      EncodedMessage(message, compressed && self.compression != .identity ? .compressed : .plain))
  }

  func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await self.write(message)
    self.requests.finish()
  }

  func finishRequests() {
    self.requests.finish()
  }

  func next() async throws(RPCError) -> [UInt8]? {
    let message = try await self.responses.nextMessage()
    if let message { self.responseMetadata?.received(compressed: message.isCompressed) }
    return message?.bytes
  }

  var isAnswered: Bool { self.state.withLock(\.hasResponded) }

  func cancel() {
    self.end(RPCError(.cancelled, "the caller cancelled the call"))
  }

  // MARK: - The server's side

  private final class ResponseSink: MessageSink {
    private let call: InProcessCall

    init(_ call: InProcessCall) {
      self.call = call
    }

    func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
      let compression: Compression
      do throws(RPCError) {
        compression = try self.call.answer()
        self.call.state.withLock { $0.hasResponded = true }
      } catch {
        self.call.end(error)
        throw error
      }
      let limits = self.call.server.limits
      guard message.count <= limits.messageBytes else {
        let error = limits.messageTooLarge(message.count)
        self.call.end(error)
        throw error
      }
      try await self.call.responses.write(
        EncodedMessage(message, compressed && compression != .identity ? .compressed : .plain))
    }
  }
}
