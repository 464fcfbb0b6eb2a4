internal import Core
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ProcessKit
internal import TLSChannel

/// One HTTP/1.1 connection: reads requests one at a time, within limits, and writes their responses.
///
/// `HTTPServerPipelineHandler` in front of it holds back pipelined requests. A client that goes away
/// cancels the work behind its request.
final class HTTPConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// Between requests.
    case idle
    /// The first byte of a request is in, its head is not complete.
    case receivingHead
    /// The head is in.
    case receivingBody(HTTPRequestHead, [UInt8])
    /// The request is in, its response is being made.
    case answering(HTTPRequestHead, Task<Void, Never>)
    /// The response is made; the client is taking it.
    case responding
    /// The last response is taken; what still comes in is dropped.
    case lingering
    /// The connection becomes a WebSocket; what still comes in is kept for it.
    case upgrading([NIOAny])
    /// Over.
    case closed
  }

  private let edge: Edge
  private let upgrader: WebSocketUpgrader
  private var state = State.idle
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
  func bytesArrived() {
    guard case .idle = state else { return }
    state = .receivingHead
    arm(edge.limits.headTimeout) { $0.headTimedOut() }
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
    case .end: receiveEnd(context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: refuse(.headersTooLarge(edge.limits))
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
    state = .receivingBody(head, [])
    guard head.version.major == 1 else {
      refuse(.malformedRequest("this server speaks HTTP/1.1, got \(head.version)"))
      return
    }
    if let length = head.headers.first(name: "content-length").flatMap(Int.init),
      length > edge.limits.bodyBytes
    {
      refuse(.bodyTooLarge(limit: edge.limits.bodyBytes))
      return
    }
    arm(edge.limits.bodyTimeout) { $0.refuse(.requestTimeout("body", $0.edge.limits.bodyTimeout)) }
    if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
    {
      let response = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
    }
  }

  private func receive(_ bytes: ByteBuffer) {
    guard case .receivingBody(let head, var body) = state else { return }
    // The state lets go of the bytes, so that they grow in place.
    state = .receivingHead
    guard body.count + bytes.readableBytes <= edge.limits.bodyBytes else {
      state = .receivingBody(head, [])
      refuse(.bodyTooLarge(limit: edge.limits.bodyBytes))
      return
    }
    body.append(contentsOf: bytes.readableBytesView)
    state = .receivingBody(head, body)
  }

  private func receiveEnd(_ context: ChannelHandlerContext) {
    guard case .receivingBody(let head, let body) = state else { return }
    disarm()
    let request = EdgeRequest(
      method: head.method.rawValue, target: head.uri, headers: head.headers, body: body,
      isHTTP11: head.version == .http1_1, peer: peer)
    let edge = edge
    let loop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: loop)
    let task = Task {
      let outcome = await edge.answer(request)
      loop.execute { handler.value.finish(outcome) }
    }
    state = .answering(head, task)
  }

  // MARK: - The response

  private func finish(_ outcome: EdgeOutcome) {
    guard case .answering(let head, _) = state, let context else { return }
    switch outcome {
    case .response(let response):
      let keepsAlive = head.isKeepAlive && !isDraining
      write(response, to: head, keepsAlive: keepsAlive, context)
    case .upgrade(let admission):
      state = .upgrading([])
      upgrader.upgrade(context, head, admission, handler: self)
    }
  }

  /// Answers a request that is not worth reading to its end, and closes.
  private func refuse(_ problem: Problem) {
    guard let context else { return }
    let head: HTTPRequestHead
    let isHeadKnown: Bool
    switch state {
    case .receivingBody(let received, _): (head, isHeadKnown) = (received, true)
    case .idle, .receivingHead:
      (head, isHeadKnown) = (HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), false)
    case .answering, .responding, .lingering, .upgrading, .closed:
      closeNow()
      return
    }
    let correlationID = CorrelationID.make(now: edge.clock.now)
    var response = problem.response(
      instance: String(head.uri.prefix { $0 != "?" }), correlationID: correlationID)
    response.headers.append((CorrelationID.header, correlationID))
    if isHeadKnown {
      edge.cors.add(to: &response, for: head.headers)
    } else {
      edge.cors.addUnseen(to: &response)
    }
    var entry = AccessLogEntry(method: head.method.rawValue, correlationID: correlationID)
    entry.status = problem.status
    entry.code = problem.code
    entry.write(to: edge.logger)
    write(response, to: head, keepsAlive: false, context)
  }

  private func write(
    _ response: EdgeResponse, to request: HTTPRequestHead, keepsAlive: Bool,
    _ context: ChannelHandlerContext
  ) {
    var head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status))
    head.headers.add(name: "date", value: HTTPDate.of(edge.clock.now))
    if let contentType = response.contentType {
      head.headers.add(name: "content-type", value: contentType)
    }
    head.headers.add(name: "content-length", value: "\(response.body.count)")
    for (name, value) in response.headers { head.headers.add(name: name, value: value) }
    edge.defaultHeaders.add(to: &head.headers)
    if !keepsAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
    state = .responding
    arm(edge.limits.responseTimeout) { $0.responseTimedOut() }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let taken = context.eventLoop.makePromise(of: Void.self)
    let crashPoints = response.tellsOfCall ? edge.crashPoints : .none
    taken.futureResult.whenSuccess {
      crashPoints.reach(.responseWritten)
      handler.value.responseTaken(keepsAlive: keepsAlive)
    }
    if request.method == .HEAD || response.body.isEmpty {
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
    if case .answering(_, let task) = state { task.cancel() }
    if case .upgrading = state { return }
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
