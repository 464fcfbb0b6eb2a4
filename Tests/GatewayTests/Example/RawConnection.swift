import NIOCore
import NIOPosix
import Synchronization
import TLS
import TLSChannel
import TestSupport

/// A TLS connection to a gateway that sends any bytes, also ones no client would send.
struct RawConnection: Sendable {
  struct TimedOut: Error, CustomStringConvertible {
    let received: String
    var description: String { "nothing more came after: \(received)" }
  }

  private let channel: any Channel
  private let inbox: Inbox

  static func open(
    _ live: LiveGateway, receiveBuffer: Int32? = nil
  ) async throws -> RawConnection {
    try await open(live.running, receiveBuffer: receiveBuffer)
  }

  static func open(
    _ gateway: RunningGateway, receiveBuffer: Int32? = nil
  ) async throws -> RawConnection {
    let context = try TLSContext(
      .client(
        identity: nil, trustedAuthoritiesPath: gateway.certificates.authorityPath,
        expecting: .init(host: "localhost"), applicationProtocols: ["http/1.1"]))
    let inbox = Inbox()
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(TLSHandler(context), Collector(inbox))
        }
      }
    if let receiveBuffer {
      bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
    }
    let channel = try await bootstrap.connect(host: "127.0.0.1", port: gateway.port).get()
    gateway.connections.add(channel)
    let connection = RawConnection(channel: channel, inbox: inbox)
    try await eventually { inbox.isOpen || inbox.isClosed }
    return connection
  }

  func send(_ text: String) async throws {
    try await send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  /// Stops or resumes reading from the socket.
  func setReading(_ reads: Bool) async throws {
    try await channel.setOption(.autoRead, value: reads).get()
    if reads { channel.read() }
  }

  func close() async {
    try? await channel.close()
  }

  /// Waits until the bytes received so far satisfy a condition, and takes them out.
  func receive(
    within limit: Duration = .seconds(60), until isEnough: @Sendable ([UInt8]) -> Int?
  ) async throws -> [UInt8] {
    let end = ContinuousClock.now + limit
    while true {
      if let taken = inbox.take(isEnough) { return taken }
      guard ContinuousClock.now < end, !inbox.isClosed else {
        if let taken = inbox.take(isEnough) { return taken }
        throw TimedOut(received: String(decoding: inbox.all, as: UTF8.self))
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits for the end of the connection; everything received before it.
  func receiveToEnd(within limit: Duration = .seconds(60)) async throws -> String {
    let end = ContinuousClock.now + limit
    while !inbox.isClosed {
      guard ContinuousClock.now < end else {
        throw TimedOut(received: String(decoding: inbox.all, as: UTF8.self))
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return String(decoding: inbox.all, as: UTF8.self)
  }

  var isClosed: Bool { inbox.isClosed }
}

private final class Inbox: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isOpen = false
    var isClosed = false
  }

  private let state = Mutex(State())

  var all: [UInt8] { state.withLock { $0.bytes } }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  var isOpen: Bool { state.withLock { $0.isOpen } }

  func open() {
    state.withLock { $0.isOpen = true }
  }

  func append(_ bytes: ByteBufferView) {
    state.withLock { $0.bytes.append(contentsOf: bytes) }
  }

  func close() {
    state.withLock { $0.isClosed = true }
  }

  func take(_ isEnough: ([UInt8]) -> Int?) -> [UInt8]? {
    state.withLock { state in
      guard let count = isEnough(state.bytes) else { return nil }
      let taken = Array(state.bytes.prefix(count))
      state.bytes.removeFirst(count)
      return taken
    }
  }
}

private final class Collector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let inbox: Inbox

  init(_ inbox: Inbox) {
    self.inbox = inbox
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inbox.append(unwrapInboundIn(data).readableBytesView)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is TLSHandshakeCompleted { inbox.open() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    inbox.close()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
