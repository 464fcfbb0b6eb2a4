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
    let responses: MessagePipe
  }

  private let connection: ServerConnection
  private var phase = Phase.head
  private var headers = ReceivedHeaders()
  private var deframer: MessageDeframer
  private var request: [UInt8]?
  /// Bytes that were received and for which the peer may not send others yet.
  private var withheldBytes = 0
  private var framer = MessageFramer()
  private var responses: MessagePipe?
  private var trailers = Trailers.ok
  private var hasSentHead = false
  private var task: Task<Void, Never>?
  private(set) var deadline: ContinuousClock.Instant?
  var deadlineIndex: Int?

  /// What ends a response whose head has been sent.
  private enum Trailers {
    case ok
    case headers(HTTP2Headers)
  }

  init(_ connection: ServerConnection) {
    self.connection = connection
    self.deframer = MessageDeframer(connection.server.limits)
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
    guard !self.headersAreTooLarge, server.limits.allows(self.headers.metadata) else {
      return self.refuse(httpStatus: 431, server.limits.metadataTooLarge)
    }
    guard self.headers.method == "POST" else {
      return self.refuse(httpStatus: 405, RPCError(.internal, "a gRPC request is a POST"))
    }
    guard Self.isGRPC(self.headers.contentType) else {
      return self.refuse(
        httpStatus: 415, RPCError(.internal, "the content type is not application/grpc"))
    }
    // It tells that nobody on the way drops trailers (gRPC over HTTP/2, "Requests").
    guard self.headers.acceptsTrailers else {
      return self.refuse(httpStatus: 400, RPCError(.internal, "a gRPC request states te: trailers"))
    }
    if let name = self.headers.malformed { throw RPCError(.internal, "\(name) is not base64") }
    if let timeout = self.headers.timeout {
      guard let timeout = Deadline.decode(timeout) else {
        throw RPCError(.internal, "grpc-timeout is not one to eight digits and a unit")
      }
      self.deadline = .now + timeout
    }
    guard let method = server.router.method(path: self.headers.path) else {
      throw RPCError(.unimplemented, "the server does not have \(self.headers.path)")
    }
    if self.deadline == nil, let time = method.descriptor.deadline { self.deadline = .now + time }
    let call = ServerCall(
      method, metadata: self.headers.metadata, peer: self.connection.peer, deadline: self.deadline)
    try server.router.admitNow(call)
    self.deframer.encoding = self.headers.encoding
    if case .unary = method.handler {
      self.phase = .collecting(call)
    } else {
      let pipes = self.makePipes(server.limits)
      self.phase = .serving(call, pipes)
      self.responses = pipes.responses
      self.connection.startLater(self)
    }
    if self.deadline != nil { self.connection.executor.deadlines.add(self) }
  }

  /// `application/grpc`, alone or with `+proto` or parameters.
  private static func isGRPC(_ contentType: String) -> Bool {
    guard contentType.hasPrefix(WireStatus.contentType) else { return false }
    let rest = contentType.utf8.dropFirst(WireStatus.contentType.utf8.count)
    return rest.isEmpty || rest.elementsEqual("+proto".utf8) || rest.starts(with: ";".utf8)
      || rest.starts(with: "+proto;".utf8)
  }

  private func makePipes(_ limits: CallLimits) -> Pipes {
    // The hooks may come after the connection is gone. They hold the stream, which lets go of the pipes
    // when it is closed.
    let executor = self.connection.executor
    return Pipes(
      requests: MessagePipe(
        capacity: limits.bufferedBytes,
        consumed: { [self] _ in executor.run { self.releaseWindow() } }),
      responses: MessagePipe(
        capacity: limits.bufferedBytes,
        readable: { [self] in executor.run { self.sendResponses() } }))
  }

  // MARK: - The request's messages

  override func receivedData(_ data: UnsafeRawBufferPointer) {
    if case .ending = self.phase { return }
    self.withheldBytes += data.count
    var rest = data
    do throws(RPCError) {
      while let message = try self.deframer.next(&rest) { try self.received(message) }
    } catch {
      self.end(error)
    }
    self.releaseWindow()
  }

  private func received(_ message: [UInt8]) throws(RPCError) {
    switch self.phase {
    case .collecting:
      guard self.request == nil else {
        throw RPCError(.unimplemented, "exactly one request is expected, more came")
      }
      self.request = message
    case .serving(_, let pipes?): pipes.requests.offer(message)
    case .head, .serving(_, nil), .ending: break
    }
  }

  /// Lets the peer send on, unless enough complete messages wait to be read.
  private func releaseWindow() {
    guard self.withheldBytes > 0 else { return }
    switch self.phase {
    case .collecting: break
    case .serving(_, let pipes?) where !pipes.requests.isFull: break
    case .head, .serving, .ending: return
    }
    self.connection.session.consumed(self.withheldBytes, of: self)
    self.withheldBytes = 0
    self.connection.flushLater()
  }

  override func receivedEnd() {
    switch self.phase {
    case .head, .ending: break
    case .collecting(let call):
      if self.deframer.isInsideMessage { return self.end(Self.requestIsTruncated) }
      guard self.request != nil else {
        return self.end(RPCError(.unimplemented, "exactly one request is expected, none came"))
      }
      self.phase = .serving(call, nil)
      self.connection.startLater(self)
    case .serving(_, let pipes):
      if self.deframer.isInsideMessage { return self.end(Self.requestIsTruncated) }
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
    let router = self.connection.server.router
    let executor = self.connection.executor
    let request = self.request.take() ?? []
    self.connection.handlerBegan()
    let task = Task.immediate(executorPreference: executor) { [self] in
      if let pipes {
        let failure = await router.serve(
          call, requests: pipes.requests, responses: pipes.responses)
        executor.run {
          self.finish(call, failure, pipes)
          self.connection.handlerEnded()
        }
      } else {
        let result = await router.serveUnary(call, request: request)
        executor.run {
          self.finish(call, result)
          self.connection.handlerEnded()
        }
      }
    }
    if case .serving = self.phase { self.task = task }
  }

  /// The handler of a unary call is done.
  private func finish(_ call: ServerCall, _ result: Result<[UInt8], RPCError>) {
    guard case .serving = self.phase else { return }
    switch result {
    case .success(let response):
      self.task = nil
      guard self.sendHead(call) else { return }
      self.phase = .ending
      self.forget()
      self.framer.start(response)
      self.setTrailers(nil, call)
      self.connection.flushLater()
    case .failure(let error):
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
    self.request = nil
    self.responses = nil
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
          initial: (try? call?.takeInitialMetadata(within: limits)) ?? Metadata()))
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
    self.responses = nil
    if case .serving(_, let pipes) = self.phase {
      self.abandon(pipes, RPCError(.cancelled, "the caller cancelled the call"))
    }
    self.phase = .ending
    self.forget()
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
    let metadata: Metadata
    do throws(RPCError) {
      metadata = try call.takeInitialMetadata(within: self.connection.server.limits)
    } catch {
      self.end(error)
      return false
    }
    self.hasSentHead = true
    if metadata.isEmpty {
      self.connection.session.submitResponse(self, WireStatus.responseHead)
    } else {
      self.connection.session.submitResponse(self, WireStatus.responseHead(metadata))
    }
    return true
  }

  private func setTrailers(_ error: RPCError?, _ call: ServerCall?) {
    let end = CallEnd(of: call, error, within: self.connection.server.limits)
    if end.failure != nil || !end.trailing.isEmpty {
      self.trailers = .headers(WireStatus.trailers(end))
    }
  }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) -> Production {
    var count = 0
    while true {
      count += self.framer.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      guard self.framer.isDone else { return Production(count: count, then: .more) }
      switch self.responses?.poll() {
      case .message(let message): self.framer.start(message)
      case .empty: return Production(count: count, then: .pause)
      case .finished, .failed, nil:
        switch self.trailers {
        case .ok: self.connection.session.submitTrailers(self, WireStatus.okTrailers)
        case .headers(let headers): self.connection.session.submitTrailers(self, headers)
        }
        return Production(count: count, then: .trailers)
      }
    }
  }
}
