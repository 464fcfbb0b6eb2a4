internal import Core
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ProcessKit
internal import TLSChannel

/// One HTTP/1.1 connection: reads requests one at a time, within limits, and writes their responses.
///
/// `HTTPServerPipelineHandler` in front of it holds back pipelined requests. A request is answered from its head on: a
/// body that is not in with it is collected once the answer needs it, and one that is not needed not at all. A client
/// that goes away cancels the work behind its request.
final class HTTPConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let edge: Edge
  private let upgrader: WebSocketUpgrader
  private var state = HTTPConnectionState.idle
  private var isDraining = false
  private var context: ChannelHandlerContext?
  private var peer: IPAddress?
  /// Ends what the client lets wait: its request, its taking of the response, or the next request.
  private var timer: Scheduled<Void>?

  init(_ edge: Edge, upgrader: WebSocketUpgrader) {
    self.edge = edge
    self.upgrader = upgrader
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    peer = context.channel.remoteAddress.flatMap(IPAddress.init)
    arm(edge.limits.handshakeTimeout) { $0.closeNow() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  /// Called for every read before it is parsed: the clock of a head starts with its first byte.
  ///
  /// - Returns: Whether anybody wants them: behind the last response they are dropped.
  func bytesArrived() -> Bool {
    switch state {
    case .idle:
      state = .receivingHead
      arm(edge.limits.headTimeout) { $0.headTimedOut() }
      return true
    case .responding(isLast: true), .lingering, .closed: return false
    case .receivingHead, .receivingBody, .answering, .responding, .upgrading: return true
    }
  }

  /// A head that never ends is a parser's error: only then does the pipelining handler let an answer
  /// pass that belongs to no request.
  private func headTimedOut() {
    guard case .receivingHead = state else { return }
    context?.pipeline.fireErrorCaught(HTTPParserError.invalidEOFState)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .upgrading(var kept) = state {
      kept.append(data)
      state = .upgrading(kept)
      return
    }
    switch unwrapInboundIn(data) {
    case .head(let head): receive(head, context)
    case .body(let bytes): receive(bytes)
    case .end: receiveEnd()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // The rest of the body takes its time: whether it is wanted can be found out meanwhile.
    if case .receivingBody(let head, let body) = state { answer(head, body) }
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: refuse(.headersTooLarge(edge.limits))
    // The client has left; that the channel is inactive comes next.
    case HTTPParserError.invalidEOFState where !context.channel.isActive: break
    case HTTPParserError.invalidEOFState:
      refuse(.requestTimeout("head", edge.limits.headTimeout))
    case let error as HTTPParserError: refuse(.malformedRequest("malformed HTTP: \(error)"))
    // What follows a malformed request says nothing more.
    case ByteToMessageDecoderError.dataReceivedInErrorState: break
    default: closeNow()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is TLSHandshakeCompleted:
      arm(edge.limits.keepAliveTimeout) { $0.closeNow() }
    case is DrainRequested:
      isDraining = true
      if case .idle = state { closeNow() }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: - The request

  private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    switch state {
    case .idle, .receivingHead: break
    default: return
    }
    guard head.version.major == 1 else {
      refuse(.malformedRequest("this server speaks HTTP/1.1, got \(head.version)"))
      return
    }
    let body = IncomingBody(limit: edge.limits.bodyBytes, budget: edge.bodies)
    state = .receivingBody(head, body)
    if head.announcedBytes > edge.limits.bodyBytes {
      body.fail(.bodyTooLarge(limit: edge.limits.bodyBytes))
    }
    arm(edge.limits.bodyTimeout) { $0.refuse(.requestTimeout("body", $0.edge.limits.bodyTimeout)) }
    if head.waitsToBeAsked { body.whenAwaited = { [weak self] in self?.askForBody() } }
  }

  private func askForBody() {
    let response = HTTPResponseHead(version: .http1_1, status: .continue)
    context?.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
  }

  private func receive(_ bytes: ByteBuffer) {
    switch state {
    case .receivingBody(_, let body), .answering(_, let body, _):
      body.append(bytes)
      if body.isOver { disarm() }
    default: break
    }
  }

  private func receiveEnd() {
    switch state {
    case .receivingBody(let head, let body):
      body.end()
      answer(head, body)
    case .answering(_, let body, _):
      body.end()
      disarm()
    default: break
    }
  }

  private func answer(_ head: HTTPRequestHead, _ body: IncomingBody) {
    guard let context else { return }
    if body.isOver { disarm() }
    let loop = context.eventLoop
    let request = EdgeRequest(
      method: head.method.rawValue, target: head.uri, headers: head.headers,
      body: body.whole.map(EdgeBody.whole) ?? .incoming(body, on: loop),
      isHTTP11: head.version == .http1_1, peer: peer)
    let edge = edge
    let handler = NIOLoopBound((self, body), eventLoop: loop)
    let task = Task {
      let outcome = await edge.answer(request)
      loop.execute {
        let (connection, body) = handler.value
        // Also where the connection has ended meanwhile.
        body.drop()
        connection.finish(outcome)
      }
    }
    state = .answering(head, body, task)
  }

  // MARK: - The response

  private func finish(_ outcome: EdgeOutcome) {
    guard case .answering(let head, let body, _) = state, let context else { return }
    switch outcome {
    case .response(let response):
      let keepsAlive =
        head.isKeepAlive && !isDraining && body.isWhole && !head.asksForAnotherProtocol
      write(response, to: head.method, keepsAlive: keepsAlive, context)
    case .upgrade(let admission):
      // What is left of a body would be taken for frames.
      guard body.isWhole else { return closeNow() }
      state = .upgrading([])
      upgrader.upgrade(context, head, admission, handler: self)
    }
  }

  /// Answers a request that is not worth reading to its end, and closes.
  private func refuse(_ problem: Problem) {
    guard let context else { return }
    switch state {
    case .receivingBody(let head, let body):
      body.fail(problem)
      answer(head, body)
    // Whoever waits for the body is told, and answers.
    case .answering(_, let body, _) where !body.isOver: body.fail(problem)
    case .idle, .receivingHead:
      write(edge.refuse(problem, from: peer), to: .GET, keepsAlive: false, context)
    case .answering, .responding, .lingering, .upgrading, .closed: closeNow()
    }
  }

  private func write(
    _ response: EdgeResponse, to method: HTTPMethod, keepsAlive: Bool,
    _ context: ChannelHandlerContext
  ) {
    let head = HTTPResponseHead(
      response, edge.defaultHeaders, date: HTTPDate.of(edge.clock.now), isLast: !keepsAlive)
    state = .responding(isLast: !keepsAlive)
    arm(edge.limits.responseTimeout) { $0.responseTimedOut() }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let taken = context.eventLoop.makePromise(of: Void.self)
    let crashPoints = response.tellsOfCall ? edge.crashPoints : .none
    taken.futureResult.whenSuccess {
      crashPoints.reach(.responseWritten)
      handler.value.responseTaken(keepsAlive: keepsAlive)
    }
    if method == .HEAD || response.body.isEmpty {
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: taken)
    } else {
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      let body = ByteBuffer(bytes: response.body)
      crashPoints.reach(.responseHalfWritten) {
        let half = ByteBuffer(bytes: response.body.prefix(response.body.count / 2))
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(half))), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: taken)
    }
  }

  /// A client that does not read keeps neither its connection nor what was made for it.
  private func responseTimedOut() {
    edge.logger.notice(
      "slow reader cut off", metadata: ["limit": "\(edge.limits.responseTimeout)"])
    closeNow()
  }

  /// The socket has the whole response.
  ///
  /// Only now is its end written, which lets the next request in: a
  /// client that reads nothing gets nothing more made for it.
  private func responseTaken(keepsAlive: Bool) {
    guard case .responding = state, let context else { return }
    if keepsAlive {
      state = .idle
      arm(edge.limits.keepAliveTimeout) { $0.closeNow() }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      if isDraining, case .idle = state { closeNow() }
      return
    }
    state = .lingering
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    // Closing with bytes unread resets the connection, and the reset can overtake the response: say
    // that nothing more follows, and give the client a moment to read and to close.
    context.close(mode: .output, promise: nil)
    arm(edge.limits.lingerTimeout) { $0.closeNow() }
  }

  // MARK: - The end

  private func arm(_ time: Duration, _ action: @escaping (HTTPConnectionHandler) -> Void) {
    timer?.cancel()
    timer = context?.eventLoop.assumeIsolated().scheduleTask(in: time.timeAmount) {
      action(self)
    }
  }

  private func disarm() {
    timer?.cancel()
    timer = nil
  }

  private func closeNow() {
    context?.close(promise: nil)
  }

  private func end() {
    disarm()
    switch state {
    case .receivingBody(_, let body): body.fail(.clientGone)
    case .answering(_, let body, let task):
      body.fail(.clientGone)
      task.cancel()
    case .upgrading: return
    default: break
    }
    state = .closed
  }

  // MARK: - Becoming a WebSocket

  func removeHandler(
    context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken
  ) {
    if case .upgrading(let kept) = state {
      state = .closed
      for data in kept { context.fireChannelRead(data) }
      if !kept.isEmpty { context.fireChannelReadComplete() }
    }
    context.leavePipeline(removalToken: removalToken)
  }
}
