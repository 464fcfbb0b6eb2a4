internal import NIOCore
internal import NIOWebSocket

/// What stands behind a WebSocket: the gateway's sessions, or an echo in a test.
///
/// Everything is called on the connection's loop.
protocol WebSocketEndpoint: AnyObject, Sendable {
  /// The socket is open.
  func opened(_ link: NIOLoopBound<WebSocketHandler>)
  /// A whole message is in.
  func received(_ message: WebSocketAssembler.Event)
  /// The socket takes messages again.
  func becameWritable()
  /// The client has taken too little for too long: the endpoint closes the socket.
  func stalled()
  /// Time for a sign of life.
  func heartbeat()
  /// The gateway drains.
  func drainRequested()
  /// The socket is closing or closed: nothing can be sent any more.
  func closed()
}

/// The frames of one WebSocket: messages in and out, pings, the closing handshake, the limits.
final class WebSocketHandler: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private enum State {
    case open
    /// Our close frame is written; the peer's is awaited.
    case closing
    case closed
  }

  private let limits: WebSocketLimits
  private let endpoint: any WebSocketEndpoint
  private var assembler: WebSocketAssembler
  private var meter: RateMeter
  private var state = State.open
  private var context: ChannelHandlerContext?
  private var lastSign: NIODeadline = .now()
  private var heartbeat: RepeatedTask?
  private var stallTimer: Scheduled<Void>?
  private var closeTimer: Scheduled<Void>?
  /// What the latest ping asked for while nothing could be written.
  private var waitingPong: ByteBuffer?

  init(_ limits: WebSocketLimits, endpoint: any WebSocketEndpoint) {
    self.limits = limits
    self.endpoint = endpoint
    self.assembler = WebSocketAssembler(messageLimit: limits.messageBytes)
    self.meter = RateMeter(
      burst: limits.messageBurst, perSecond: limits.messagesPerSecond, now: .now)
  }

  /// Whether a message written now goes to the socket at once.
  var isWritable: Bool {
    if case .open = state { context?.channel.isWritable ?? false } else { false }
  }

  // MARK: - Inbound

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let interval = limits.heartbeatInterval.timeAmount
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    heartbeat = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
      _ in handler.value.beat()
    }
    watchForStall(context)
    endpoint.opened(handler)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastSign = .now()
    do throws(WebSocketViolation) {
      try receive(unwrapInboundIn(data), context)
    } catch {
      close(error.code, error.reason)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    watchForStall(context)
    if isWritable {
      if let bytes = waitingPong { pong(bytes) }
      endpoint.becameWritable()
    }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case NIOWebSocketError.invalidFrameLength:
      close(.messageTooLarge, "a frame has at most \(limits.messageBytes) bytes")
    case is NIOWebSocketError: close(.protocolError, "a control frame is whole and short")
    // What follows a broken frame says nothing more.
    case ByteToMessageDecoderError.dataReceivedInErrorState: break
    default: context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainRequested {
      endpoint.drainRequested()
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  private func receive(
    _ frame: WebSocketFrame, _ context: ChannelHandlerContext
  ) throws(WebSocketViolation) {
    switch state {
    case .open: break
    // After our close frame only the peer's counts: a reset for anything else could overtake ours.
    case .closing:
      if frame.opcode == .connectionClose { finishClose(nil, context) }
      return
    case .closed: return
    }
    guard meter.count(now: .now) else {
      throw WebSocketViolation(
        .policyViolation,
        "more than \(limits.messagesPerSecond) frames a second after \(limits.messageBurst)")
    }
    guard let event = try assembler.receive(frame) else { return }
    switch event {
    case .close(let code): finishClose(code, context)
    case .ping(let bytes): pong(bytes)
    case .pong: break
    case .text, .binary: endpoint.received(event)
    }
  }

  // MARK: - Outbound

  /// Answers a ping; the latest only, while the client does not read (RFC 6455 section 5.5.3).
  private func pong(_ bytes: ByteBuffer) {
    guard isWritable else {
      waitingPong = bytes
      return
    }
    waitingPong = nil
    write(.pong, bytes, promise: nil)
  }

  /// Writes a part of a text message, as a frame, without flushing.
  func write(_ piece: OutboundQueue.Piece) {
    write(piece.bytes, isFirst: piece.isFirst, isLast: piece.isLast)
  }

  /// Writes and flushes half of what is to be written: the last act of a process that dies there.
  func writeHalf(of piece: OutboundQueue.Piece) {
    write(piece.bytes.prefix(piece.bytes.count / 2), isFirst: piece.isFirst, isLast: false)
    flush()
  }

  private func write(_ bytes: ArraySlice<UInt8>, isFirst: Bool, isLast: Bool) {
    guard case .open = state, let context else { return }
    // Room in front for the frame's header, which the encoder then puts there without a copy.
    var buffer = context.channel.allocator.buffer(capacity: bytes.count + Self.headerRoom)
    buffer.moveWriterIndex(forwardBy: Self.headerRoom)
    buffer.moveReaderIndex(forwardBy: Self.headerRoom)
    buffer.writeBytes(bytes)
    let opcode = isFirst ? WebSocketOpcode.text : .continuation
    context.write(
      wrapOutboundOut(WebSocketFrame(fin: isLast, opcode: opcode, data: buffer)), promise: nil)
  }

  /// Sends what is written.
  func flush() {
    context?.flush()
  }

  /// Starts the closing handshake.
  ///
  /// What waits is dropped; the peer has a moment to answer.
  func close(_ code: WebSocketCloseCode, _ reason: String) {
    guard case .open = state, let context else { return }
    state = .closing
    write(.connectionClose, Self.closePayload(code, reason), promise: nil)
    stopWatching()
    endpoint.closed()
    closeTimer = context.eventLoop.assumeIsolated().scheduleTask(
      in: limits.closeTimeout.timeAmount
    ) { self.context?.close(promise: nil) }
  }

  /// The longest header of a frame without a mask.
  private static let headerRoom = 10

  /// Control frames carry at most 125 bytes, two of them the code.
  private static let closeReasonBytes = 123

  private static func closePayload(_ code: WebSocketCloseCode, _ reason: String) -> ByteBuffer {
    var payload = ByteBuffer(integer: code.rawValue)
    payload.writeBytes(reason.utf8.prefix(closeReasonBytes))
    return payload
  }

  /// The peer's close frame is in: answers it, if it came first, and closes.
  private func finishClose(_ code: WebSocketCloseCode?, _ context: ChannelHandlerContext) {
    if case .open = state {
      stopWatching()
      state = .closed
      endpoint.closed()
      let payload = code.map { ByteBuffer(integer: $0.rawValue) } ?? ByteBuffer()
      write(.connectionClose, payload, promise: nil)
    }
    state = .closed
    context.close(promise: nil)
  }

  private func write(
    _ opcode: WebSocketOpcode, _ bytes: ByteBuffer, promise: EventLoopPromise<Void>?
  ) {
    context?.writeAndFlush(
      wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: bytes)), promise: promise)
  }

  // MARK: - Liveness

  private func beat() {
    guard case .open = state else { return }
    let silence = NIODeadline.now() - lastSign
    guard silence < limits.heartbeatInterval.timeAmount * 3 else {
      close(.unresponsive, "no answer to a ping for \(limits.heartbeatInterval * 3)")
      return
    }
    // A reader that is behind has enough to do.
    guard isWritable else { return }
    write(.ping, ByteBuffer(), promise: nil)
    endpoint.heartbeat()
  }

  /// What the client sends is no sign that it reads.
  private func watchForStall(_ context: ChannelHandlerContext) {
    guard case .open = state, !context.channel.isWritable else {
      stallTimer?.cancel()
      stallTimer = nil
      return
    }
    guard stallTimer == nil else { return }
    stallTimer = context.eventLoop.assumeIsolated().scheduleTask(
      in: limits.stallTimeout.timeAmount
    ) { self.endpoint.stalled() }
  }

  private func stopWatching() {
    heartbeat?.cancel()
    heartbeat = nil
    stallTimer?.cancel()
    stallTimer = nil
    waitingPong = nil
  }

  private func end() {
    stopWatching()
    closeTimer?.cancel()
    closeTimer = nil
    if case .open = state { endpoint.closed() }
    state = .closed
  }
}
