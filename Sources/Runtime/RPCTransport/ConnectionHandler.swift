import HTTP2
import NIOCore
import TLS

/// What stands behind a connection: a server, or a client.
protocol ConnectionOwner: HTTP2SessionDelegate {
  /// The peer may be spoken to: the TLS handshake is complete, or there is none.
  func established(_ certificate: TLSCertificate?)
  /// The session has been used, and may be used again: what its streams put off can be done now.
  func settle()
  /// The connection is gone; its streams are closed next.
  func disconnected(_ error: (any Error)?)
}

/// Moves bytes between a socket and an HTTP/2 session, through TLS if there is any.
///
/// Nothing is buffered on the way out: frames leave the session only while the socket takes them, so a
/// peer that does not read holds up its own streams.
final class ConnectionHandler: ChannelInboundHandler, @unchecked Sendable {
  // Unchecked: touched by the loop's thread only.
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// The plaintext of one TLS record.
  private static let recordBytes = 16 * 1024
  /// How long the peer may take to read the last of what was said, and to close its side.
  private static let lingerTime: Duration = .seconds(30)
  /// The same for one whose connection is ended for an offence.
  private static let offenderLingerTime: Duration = .seconds(1)

  let executor: EventLoopExecutor
  let session: HTTP2Session
  private let owner: any ConnectionOwner
  private let tls: TLSSession?
  private let handshakeTimeout: Duration
  private var handshakeTimer: Scheduled<Void>?
  private var lingerTimer: Scheduled<Void>?
  private var context: ChannelHandlerContext?
  /// When something came from the peer last, or the connection began.
  private(set) var lastRead = NIODeadline.now()
  /// Whether the socket takes no more for now: the peer does not read.
  var isBlocked: Bool { self.context?.channel.isWritable == false }
  private var isEstablished = false
  private var isDirty = false
  private var isClosed = false
  private var isClosing = false
  private var failure: (any Error)?

  init(
    _ owner: any ConnectionOwner, session: HTTP2Session, tls: TLSSession?,
    handshakeTimeout: Duration, executor: EventLoopExecutor
  ) {
    self.owner = owner
    self.session = session
    self.tls = tls
    self.handshakeTimeout = handshakeTimeout
    self.executor = executor
  }

  // MARK: - For the owner and its streams

  /// Has what the session has to say sent at the end of this turn.
  func flushLater() {
    guard !self.isDirty, !self.isClosed else { return }
    self.isDirty = true
    self.executor.flushLater(self)
  }

  /// Ends the connection at the end of this turn, once what has been said is sent.
  func closeLater(_ error: (any Error)?) {
    self.failure = self.failure ?? error
    self.isClosing = true
    self.flushLater()
  }

  /// The handshakes are over, TLS and HTTP/2.
  func stopHandshakeTimer() {
    self.handshakeTimer?.cancel()
    self.handshakeTimer = nil
  }

  // MARK: - From the socket

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { self.start() }
  }

  func channelActive(context: ChannelHandlerContext) {
    self.start()
    context.fireChannelActive()
  }

  private func start() {
    self.handshakeTimer = self.executor.loop.scheduleTask(in: TimeAmount(self.handshakeTimeout)) {
      self.closeLater(ConnectionError.handshakeTimeout(self.handshakeTimeout))
    }
    do {
      if let tls = self.tls {
        if try tls.advanceHandshake() { self.establish() }
      } else {
        self.establish()
      }
    } catch {
      self.closeLater(error)
    }
    self.flushLater()
  }

  private func establish() {
    guard !self.isEstablished else { return }
    self.isEstablished = true
    self.owner.established(self.tls?.peerCertificate)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !self.isClosed, !self.isClosing else { return }
    self.lastRead = .now()
    self.executor.willTakeTurn()
    do {
      try self.unwrapInboundIn(data).withUnsafeReadableBytes { try self.receive($0) }
    } catch {
      self.closeLater(error)
    }
    self.owner.settle()
    self.flushLater()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    self.executor.turn()
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) throws {
    guard let tls = self.tls else { return try self.session.receive(bytes) }
    tls.receive(bytes)
    while true {
      let result = try tls.read(into: self.executor.scratch)
      if tls.isHandshakeComplete { self.establish() }
      switch result {
      case .plaintext(let count):
        try self.session.receive(
          UnsafeRawBufferPointer(rebasing: self.executor.scratch[..<count]))
      case .needsCiphertext:
        return
      case .closed:
        return self.closeLater(nil)
      }
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { self.flushLater() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.failure = self.failure ?? error
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.lingerTimer?.cancel()
    self.end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.lingerTimer?.cancel()
    self.end()
  }

  private func end() {
    guard !self.isClosed else { return }
    self.isClosed = true
    self.context = nil
    self.stopHandshakeTimer()
    self.owner.disconnected(self.failure)
    self.session.close()
    self.owner.settle()
  }

  // MARK: - To the socket

  /// Sends what the session has to say, as far as the socket takes it.
  ///
  /// Called by the executor.
  func flush() {
    self.isDirty = false
    guard !self.isClosed, let context = self.context else { return }
    do {
      if let tls = self.tls {
        try self.seal(with: tls, context)
      } else {
        try self.send(context)
      }
    } catch {
      self.failure = self.failure ?? error
      self.isClosing = true
    }
    // Sending can fail, and closes the connection then.
    guard !self.isClosed else { return }
    self.owner.settle()
    guard self.isClosing || (self.isEstablished && self.session.isFinished) else { return }
    self.failure = self.failure ?? self.session.offence
    self.tls?.close()
    if let tls = self.tls { self.sendCiphertext(of: tls, context) }
    if !self.isClosed { self.linger(context.channel) }
  }

  /// Closes our side, and waits for the peer's: closing all at once would throw away what the socket has
  /// yet to take, and have the system reset the connection for input that nobody has read.
  private func linger(_ channel: any Channel) {
    let time = self.failure == nil ? Self.lingerTime : Self.offenderLingerTime
    self.end()
    let closed = self.executor.loop.makePromise(of: Void.self)
    closed.futureResult.whenFailure { _ in channel.close(promise: nil) }
    channel.close(mode: .output, promise: closed)
    guard channel.isActive else { return }
    self.lingerTimer = self.executor.loop.scheduleTask(in: TimeAmount(time)) {
      channel.close(promise: nil)
    }
  }

  private func send(_ context: ChannelHandlerContext) throws {
    while context.channel.isWritable, !self.isClosed, var bytes = try self.session.nextOutput() {
      var buffer = context.channel.allocator.buffer(
        capacity: max(bytes.count, Self.recordBytes))
      while true {
        buffer.writeBytes(bytes)
        guard buffer.writableBytes > 0, let more = try self.session.nextOutput() else { break }
        bytes = more
      }
      context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
    }
  }

  /// Fills TLS records and sends them.
  private func seal(with tls: TLSSession, _ context: ChannelHandlerContext) throws {
    defer { self.sendCiphertext(of: tls, context) }
    guard tls.isHandshakeComplete else { return }
    let record = UnsafeMutableRawBufferPointer(rebasing: self.executor.scratch[..<Self.recordBytes])
    var filled = 0
    while context.channel.isWritable, !self.isClosed, let bytes = try self.session.nextOutput() {
      if filled + bytes.count > record.count {
        try tls.write(UnsafeRawBufferPointer(rebasing: record[..<filled]))
        filled = 0
        if tls.pendingCiphertextCount >= 4 * Self.recordBytes {
          // `bytes` are the session's until it is asked for more, which sending does not do.
          self.sendCiphertext(of: tls, context)
          guard !self.isClosed else { return }
        }
      }
      if bytes.count > record.count {
        try tls.write(bytes)
      } else {
        UnsafeMutableRawBufferPointer(rebasing: record[filled...]).copyMemory(from: bytes)
        filled += bytes.count
      }
    }
    if filled > 0, !self.isClosed {
      try tls.write(UnsafeRawBufferPointer(rebasing: record[..<filled]))
    }
  }

  private func sendCiphertext(of tls: TLSSession, _ context: ChannelHandlerContext) {
    let count = tls.pendingCiphertextCount
    guard count > 0, !self.isClosed else { return }
    var buffer = context.channel.allocator.buffer(capacity: count)
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { tls.takeCiphertext(into: $0) }
    context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
  }
}

/// Why a connection ended that was not closed by either side's wish.
enum ConnectionError: Error, CustomStringConvertible {
  case handshakeTimeout(Duration)
  case keepaliveTimeout(Duration)
  case tooManyPings
  case stalled(Duration)
  case tooOld(grace: Duration)
  case closedByServer

  var description: String {
    switch self {
    case .handshakeTimeout(let time): "the handshake took longer than \(time)"
    case .keepaliveTimeout(let time): "the peer did not answer a ping within \(time)"
    case .stalled(let time): "the client took nothing of its responses for \(time)"
    case .tooManyPings: "the client pings more often than is allowed"
    case .tooOld(let grace):
      "calls went on for more than \(grace) after the connection's time was up"
    case .closedByServer:
      "the server closed the connection before it was ready, as one does that does not accept our certificate"
    }
  }
}
