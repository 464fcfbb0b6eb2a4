public import NIOCore
public import TLS

/// TLS at the bottom of a SwiftNIO pipeline: ciphertext on the socket's side, plaintext above.
///
/// Plaintext written before the handshake is complete waits for it. Writes are encrypted at the next flush and
/// leave in one write to the socket. Above it, ``TLSHandshakeCompleted`` is fired once as a user event, and a failed handshake or
/// record as a ``TLSError`` through `errorCaught`, after which the channel closes.
public final class TLSHandler: ChannelDuplexHandler {
  /// Ciphertext from the socket.
  public typealias InboundIn = ByteBuffer
  /// Plaintext for the handler above.
  public typealias InboundOut = ByteBuffer
  /// Plaintext from the handler above.
  public typealias OutboundIn = ByteBuffer
  /// Ciphertext for the socket.
  public typealias OutboundOut = ByteBuffer

  /// Plaintext is handed up in pieces of at most this many bytes: four records.
  static let readSize = 65_536

  private let session: TLSSession
  private let isClient: Bool
  private var waiting: [(ByteBuffer, EventLoopPromise<Void>?)] = []
  private var announced = false
  private var failed = false

  /// A handler for one connection.
  ///
  /// - Throws: ``TLSError`` when the context's configuration names an impossible host.
  public init(_ context: TLSContext) throws(TLSError) {
    session = try TLSSession(context)
    if case .client = context.configuration.role { isClient = true } else { isClient = false }
  }

  // MARK: - Inbound

  /// Begins a client's handshake.
  public func channelActive(context: ChannelHandlerContext) {
    if isClient { drive(context) { () throws(TLSError) in _ = try session.advanceHandshake() } }
    context.fireChannelActive()
  }

  /// Begins a client's handshake on a connection that is open already.
  public func handlerAdded(context: ChannelHandlerContext) {
    if isClient, context.channel.isActive {
      drive(context) { () throws(TLSError) in _ = try session.advanceHandshake() }
    }
  }

  /// Decrypts what arrived and hands it up.
  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !failed else { return }
    unwrapInboundIn(data).withUnsafeReadableBytes { session.receive($0) }
    drive(context) { () throws(TLSError) in try readPlaintext(context) }
  }

  private func readPlaintext(_ context: ChannelHandlerContext) throws(TLSError) {
    while session.readableBound > 0 {
      // No more than can be there: most records are small, and most reads would find none.
      let size = min(Self.readSize, session.readableBound)
      var buffer = context.channel.allocator.buffer(capacity: size)
      let result = try read(into: &buffer, atMost: size)
      announceHandshake(context)
      switch result {
      case .plaintext:
        context.fireChannelRead(wrapInboundOut(buffer))
      case .needsCiphertext:
        return
      case .closed:
        context.close(mode: .all, promise: nil)
        return
      }
    }
  }

  private func read(
    into buffer: inout ByteBuffer, atMost size: Int
  ) throws(TLSError) -> TLSSession.ReadResult {
    var outcome: Result<TLSSession.ReadResult, TLSError> = .success(.needsCiphertext)
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
      do throws(TLSError) {
        let result = try session.read(into: bytes)
        outcome = .success(result)
        if case .plaintext(let count) = result { return count }
      } catch {
        outcome = .failure(error)
      }
      return 0
    }
    return try outcome.get()
  }

  // MARK: - Outbound

  /// Keeps the plaintext until the next flush.
  public func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    waiting.append((unwrapOutboundIn(data), promise))
  }

  /// Encrypts and sends what was written.
  public func flush(context: ChannelHandlerContext) {
    drive(context) {}
  }

  /// Says goodbye to the peer before the socket closes.
  public func close(
    context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
  ) {
    if !failed, mode != .input {
      drive(context) { session.close() }
    }
    fail(waiting: ChannelError.ioOnClosedChannel)
    context.close(mode: mode, promise: promise)
  }

  /// Fails the writes nobody will send any more.
  public func handlerRemoved(context: ChannelHandlerContext) {
    fail(waiting: ChannelError.ioOnClosedChannel)
  }

  // MARK: - Both ways

  /// Takes one step of the session, then sends what it has to say.
  private func drive(_ context: ChannelHandlerContext, _ step: () throws(TLSError) -> Void) {
    guard !failed else { return }
    do throws(TLSError) {
      try step()
      announceHandshake(context)
      let promise = try encryptWaiting(context)
      sendCiphertext(context, promise)
    } catch {
      failed = true
      // The alert that tells the peer why.
      sendCiphertext(context, nil)
      fail(waiting: error)
      context.fireErrorCaught(error)
      context.close(mode: .all, promise: nil)
    }
  }

  private func announceHandshake(_ context: ChannelHandlerContext) {
    guard session.isHandshakeComplete, !announced else { return }
    announced = true
    context.fireUserInboundEventTriggered(
      TLSHandshakeCompleted(
        peerCertificate: session.peerCertificate, applicationProtocol: session.applicationProtocol))
  }

  /// Encrypts what waits; the promise, when somebody waits for the write, succeeds for all of it.
  private func encryptWaiting(
    _ context: ChannelHandlerContext
  ) throws(TLSError) -> EventLoopPromise<Void>? {
    guard session.isHandshakeComplete, !waiting.isEmpty else { return nil }
    let writes = waiting
    waiting.removeAll(keepingCapacity: true)
    var joined: EventLoopPromise<Void>?
    for (buffer, promise) in writes {
      var outcome: TLSError?
      buffer.withUnsafeReadableBytes { bytes in
        do throws(TLSError) { try session.write(bytes) } catch { outcome = error }
      }
      if let outcome {
        promise?.fail(outcome)
        throw outcome
      }
      guard let promise else { continue }
      if let joined { joined.futureResult.cascade(to: promise) } else { joined = promise }
    }
    return joined
  }

  private func sendCiphertext(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?)
  {
    let count = session.pendingCiphertextCount
    guard count > 0 else {
      promise?.succeed()
      return
    }
    var buffer = context.channel.allocator.buffer(capacity: count)
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
      session.takeCiphertext(into: $0)
    }
    context.writeAndFlush(wrapOutboundOut(buffer), promise: promise)
  }

  private func fail(waiting error: any Error) {
    let writes = waiting
    waiting.removeAll()
    for (_, promise) in writes { promise?.fail(error) }
  }
}

/// Fired up the pipeline once, when both sides have proven who they are.
public struct TLSHandshakeCompleted: Sendable {
  /// The certificate the peer proved to own, if it was asked for one.
  public let peerCertificate: TLSCertificate?
  /// The application protocol agreed on (ALPN), if any.
  public let applicationProtocol: String?
}
