import HTTP2
import RPC

/// One call on its way through the server: from its headers to its trailers.
///
/// A unary call waits for its whole request; any other starts its handler with the headers. Handlers are
/// never started or cancelled from within the session: the stream asks its connection to call it back.
final class ServerStream: HTTP2Stream, Expiring, @unchecked Sendable {
  // Unchecked: touched by the loop's thread only.

  private enum Phase {
    /// The headers are coming in.
    case head
    /// The request of a unary call is coming in.
    case collecting(ServerCall)
    /// The handler runs, or is about to. A unary call has its request here and no pipes.
    case serving(ServerCall, Pipes?)
    /// The response's end is known; it may have yet to be sent.
    case ending
  }

  private struct Pipes {
    let requests: MessagePipe
    /// What the handler reads the requests from.
    let source: any MessageSource
    let responses: MessagePipe
  }

  private let connection: ServerConnection
  private var phase = Phase.head
  private var headers = ReceivedHeaders()
  private var request: RequestBody
  private var body = ResponseBody()
  private var hasSentHead = false
  private var isStreaming = false
  private var task: Task<Void, Never>?
  private(set) var deadline: ContinuousClock.Instant?
  var deadlineIndex: Int?

  init(_ connection: ServerConnection) {
    self.connection = connection
    self.request = RequestBody(connection.server.limits)
  }

  // MARK: - The request's head

  override func receivedHeader(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    if case .head = self.phase { self.headers.add(name: name, value: value) }
  }

  override func receivedHeaders() {
    // A second block is the request's trailers, which gRPC does not use.
    guard case .head = self.phase else { return }
    do throws(RPCError) {
      try self.begin()
    } catch {
      self.end(error)
    }
  }

  private func begin() throws(RPCError) {
    let server = self.connection.server
    let metadata = self.headers.metadata
    guard !self.headersAreTooLarge, server.limits.allows(metadata) else {
      return self.refuse(httpStatus: 431, server.limits.metadataTooLarge)
    }
    if let (httpStatus, failure) = RequestHead.refusal(
      method: self.headers.method, contentType: self.headers.contentType,
      acceptsTrailers: self.headers.acceptsTrailers)
    {
      return self.refuse(httpStatus: httpStatus, failure)
    }
    if let name = self.headers.malformed { throw RPCError(.internal, "\(name) is not base64") }
    let timeout = try RequestHead.timeout(self.headers.timeout)
    guard let method = server.router.method(path: self.headers.path) else {
      throw RPCError(.unimplemented, "the server does not have \(self.headers.path)")
    }
    let deadline = (timeout ?? method.descriptor.deadline).map { ContinuousClock.now + $0 }
    let call = ServerCall(
      method, metadata: metadata, peer: self.connection.peer, deadline: deadline,
      previousAttempts: self.headers.previousAttempts)
    try server.router.admitNow(call)
    self.request.deframer.encoding = self.headers.encoding
    if case .unary = method.handler {
      self.phase = .collecting(call)
    } else {
      let pipes = self.makePipes(for: call, server.limits)
      self.phase = .serving(call, pipes)
      self.body.messages = pipes.responses
      self.connection.startLater(self)
    }
    if deadline != nil {
      self.deadline = deadline
      self.connection.executor.deadlines.add(self)
    }
  }

  private func makePipes(for call: ServerCall, _ limits: CallLimits) -> Pipes {
    // The hooks may come after the connection is gone. They hold the stream, which lets go of the pipes
    // when it is closed.
    let executor = self.connection.executor
    let requests = MessagePipe(
      capacity: limits.bufferedBytes, budget: self.connection.requestBudget,
      consumed: { [self] _ in executor.run { self.releaseWindow() } })
    return Pipes(
      requests: requests,
      source: call.source(requests, encoding: self.headers.encoding, within: limits) { error in
        executor.run { self.end(error) }
      },
      responses: MessagePipe(
        capacity: limits.bufferedBytes, budget: self.connection.responseBudget,
        readable: { [self] in executor.run { self.sendResponses() } }))
  }

  // MARK: - The request's messages

  override func receivedData(_ data: UnsafeRawBufferPointer) {
    if case .ending = self.phase { return }
    self.request.withheldBytes += data.count
    var rest = data
    do throws(RPCError) {
      while let message = try self.request.deframer.next(&rest) { try self.received(message) }
      try self.request.charge(self.connection.requestBudget)
    } catch {
      self.end(error)
    }
    self.releaseWindow()
  }

  private func received(_ message: EncodedMessage) throws(RPCError) {
    switch self.phase {
    case .collecting:
      guard self.request.message == nil else {
        throw RPCError(.unimplemented, "exactly one request is expected, more came")
      }
      self.request.message = message
    case .serving(_, let pipes?):
      let budget = self.connection.requestBudget
      // What was taken for its parts.
      try self.request.charge(budget)
      guard budget.take(message.bytes.count) else { throw MemoryBudget.exhausted }
      pipes.requests.offer(message)
    case .head, .serving(_, nil), .ending: break
    }
  }

  /// Lets the peer send on, unless enough complete messages wait to be read.
  private func releaseWindow() {
    guard self.request.withheldBytes > 0 else { return }
    switch self.phase {
    case .collecting: break
    case .serving(_, let pipes?) where !pipes.requests.isFull: break
    case .head, .serving, .ending: return
    }
    self.connection.session.consumed(self.request.withheldBytes, of: self)
    self.request.withheldBytes = 0
    self.connection.flushLater()
  }

  override func receivedEnd() {
    switch self.phase {
    case .head, .ending: break
    case .collecting(let call):
      if self.request.deframer.isInsideMessage { return self.end(Self.requestIsTruncated) }
      guard self.request.message != nil else {
        return self.end(RPCError(.unimplemented, "exactly one request is expected, none came"))
      }
      self.phase = .serving(call, nil)
      self.connection.startLater(self)
    case .serving(_, let pipes):
      if self.request.deframer.isInsideMessage { return self.end(Self.requestIsTruncated) }
      pipes?.requests.finish()
    }
  }

  private static let requestIsTruncated = RPCError(.internal, "the request ends inside a message")

  // MARK: - The handler

  /// Starts the handler.
  ///
  /// Called by the connection when its session is at rest.
  func start() {
    guard self.isOpen, case .serving(let call, let pipes) = self.phase else { return }
    let task: Task<Void, Never>
    if let pipes {
      task = self.serve(call, pipes)
    } else {
      guard let request = self.request.takeMessage(self.connection.requestBudget) else { return }
      do throws(RPCError) {
        let limits = self.connection.server.limits
        task = self.serveUnary(call, try call.inflate(request, within: limits))
      } catch {
        return self.end(error)
      }
    }
    if case .serving = self.phase { self.task = task }
  }

  private func serveUnary(_ call: ServerCall, _ request: [UInt8]) -> Task<Void, Never> {
    // By the server's own router: a copy of it would be one more thing to hold on to for each of its parts.
    let (server, executor) = (self.connection.server, self.connection.executor)
    self.connection.handlerBegan()
    return Task.immediate(executorPreference: executor) { [self] in
      let result = await server.router.serveUnary(
        call, request: request, responses: self.connection.responseBudget)
      executor.run {
        self.finish(call, result)
        self.connection.handlerEnded()
      }
    }
  }

  private func serve(_ call: ServerCall, _ pipes: Pipes) -> Task<Void, Never> {
    let server = self.connection.server
    let executor = self.connection.executor
    self.isStreaming = true
    self.connection.streamingCalls += 1
    self.connection.handlerBegan()
    return Task.immediate(executorPreference: executor) { [self] in
      let failure = await server.router.serve(
        call, requests: pipes.source, responses: pipes.responses)
      executor.run {
        self.finish(call, failure, pipes)
        self.connection.handlerEnded()
      }
    }
  }

  /// The handler of a unary call is done; its response has been taken from the budget.
  private func finish(_ call: ServerCall, _ result: Result<[UInt8], RPCError>) {
    switch result {
    case .success(let response):
      guard case .serving = self.phase, self.sendHead(call) else {
        return self.connection.responseBudget.giveBack(response.count)
      }
      self.task = nil
      self.phase = .ending
      self.forget()
      self.body.start(EncodedMessage(response, .compressible))
      self.setTrailers(nil, call)
      self.connection.flushLater()
    case .failure(let error):
      guard case .serving = self.phase else { return }
      self.connection.report(error, in: call)
      self.end(error)
    }
  }

  /// The handler of any other call is done.
  private func finish(_ call: ServerCall, _ failure: RPCError?, _ pipes: Pipes) {
    guard case .serving = self.phase else { return }
    if let failure { self.connection.report(failure, in: call) }
    self.task = nil
    if let failure, !self.hasSentHead { return self.end(failure) }
    guard self.sendHead(call) else { return }
    self.phase = .ending
    self.forget()
    self.setTrailers(failure, call)
    self.request.drop(self.connection.requestBudget)
    pipes.requests.fail(ServerEndedCall.error)
    pipes.responses.finish()
    self.connection.session.resume(self)
    self.connection.flushLater()
  }

  /// Ends the call at once with a failure that is not the handler's, or comes before its first response.
  private func end(_ error: RPCError) {
    let (call, pipes): (ServerCall?, Pipes?)
    switch self.phase {
    case .ending: return
    case .head: (call, pipes) = (nil, nil)
    case .collecting(let collecting): (call, pipes) = (collecting, nil)
    case .serving(let serving, let servingPipes): (call, pipes) = (serving, servingPipes)
    }
    self.phase = .ending
    self.forget()
    self.request.drop(self.connection.requestBudget)
    self.body.messages = nil
    self.abandon(pipes, error)
    if self.hasSentHead {
      self.setTrailers(error, call)
      self.connection.session.resume(self)
    } else {
      let limits = self.connection.server.limits
      self.connection.session.submitWholeResponse(
        self,
        WireStatus.trailersOnly(
          CallEnd(of: call, error, within: limits),
          // Metadata that is too much gives way to the failure.
          initial: (try? call?.takeHead(within: limits))?.metadata ?? Metadata()))
    }
    self.connection.flushLater()
  }

  private func refuse(httpStatus: Int, _ error: RPCError) {
    self.phase = .ending
    self.connection.session.submitWholeResponse(
      self, WireStatus.refusal(httpStatus: httpStatus, error))
    self.connection.flushLater()
  }

  /// The deadline has passed.
  func expire() {
    self.end(Deadline.exceeded)
  }

  /// The client has given the call up, or the connection is gone, or all is said.
  override func closed(_ code: HTTP2ErrorCode) {
    if case .serving(_, let pipes) = self.phase { self.abandon(pipes, Self.cancelled) }
    self.request.drop(self.connection.requestBudget)
    self.body.drop(self.connection.responseBudget, Self.cancelled)
    if self.isStreaming { self.connection.streamingCalls -= 1 }
    self.phase = .ending
    self.forget()
  }

  private static var cancelled: RPCError {
    RPCError(.cancelled, "the caller cancelled the call")
  }

  private func abandon(_ pipes: Pipes?, _ error: RPCError) {
    pipes?.requests.fail(error)
    pipes?.responses.fail(error)
    // Cancelling runs the handler's own code.
    if let task = self.task.take() { self.connection.doLater { task.cancel() } }
  }

  private func forget() {
    self.connection.executor.deadlines.remove(self)
  }

  // MARK: - The response

  /// The handler has written something, or the last of it.
  private func sendResponses() {
    guard case .serving(let call, _) = self.phase else { return }
    if self.hasSentHead {
      self.connection.session.resume(self)
    } else {
      guard self.sendHead(call) else { return }
    }
    self.connection.flushLater()
  }

  /// Sends the response's head unless it has been sent; false if that ended the call.
  private func sendHead(_ call: ServerCall) -> Bool {
    guard !self.hasSentHead else { return true }
    let server = self.connection.server
    let head: ServerCall.ResponseHead
    do throws(RPCError) {
      head = try call.takeHead(within: server.limits)
    } catch {
      self.end(error)
      return false
    }
    self.hasSentHead = true
    if self.headers.acceptGzip {
      self.body.compression = head.compression ?? server.configuration.compression
    }
    // What we accept is said to clients that compress.
    let compresses = self.headers.encoding != nil
    let compression = self.body.compression
    if head.metadata.isEmpty, !compresses, case .identity = compression {
      self.connection.session.submitResponse(self, WireStatus.responseHead)
    } else {
      self.connection.session.submitResponse(
        self,
        WireStatus.responseHead(
          head.metadata, compression: compression, statesAccepted: compresses))
    }
    return true
  }

  private func setTrailers(_ error: RPCError?, _ call: ServerCall?) {
    let end = CallEnd(of: call, error, within: self.connection.server.limits)
    if end.failure != nil || !end.trailing.isEmpty {
      self.body.trailers = WireStatus.trailers(end)
    }
  }

  /// Whether the client has taken nothing of what waits for it since this was last asked.
  func isStalled() -> Bool {
    let isEnding = if case .ending = self.phase { true } else { false }
    return self.body.isStalled(isEnding: isEnding)
  }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) -> Production {
    let production = self.body.fill(buffer, self.connection.responseBudget)
    guard case .trailers = production.continuation else { return production }
    if let trailers = self.body.trailers {
      self.connection.session.submitTrailers(self, trailers)
    } else {
      self.connection.session.submitTrailers(self, WireStatus.okTrailers)
    }
    return production
  }
}
