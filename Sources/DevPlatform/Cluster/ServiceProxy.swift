import NIOCore
import NIOPosix
import Synchronization

/// The load balancer of a cluster: takes connections at one port, and leads each to a pod that is ready, in turn.
final class ServiceProxy: Sendable {
  /// A pod's port.
  struct Backend: Hashable, Sendable {
    let host: String
    let port: Int
  }

  /// The port on 127.0.0.1.
  let port: Int
  private let listener: any Channel
  private let backends: Backends

  private final class Backends: Sendable {
    private let state = Mutex<(list: [Backend], next: Int)>(([], 0))

    func replace(with list: [Backend]) { state.withLock { $0.list = list } }

    var next: Backend? {
      state.withLock { state in
        guard !state.list.isEmpty else { return nil }
        state.next = (state.next + 1) % state.list.count
        return state.list[state.next]
      }
    }
  }

  private init(_ listener: any Channel, _ backends: Backends) {
    self.listener = listener
    self.backends = backends
    port = listener.localAddress?.port ?? 0
  }

  /// Listens; zero lets the system choose the port.
  static func start(port: Int) async throws -> ServiceProxy {
    let backends = Backends()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { client in
        // A pod that is about to end leaves the list first, so that who comes now meets one that stays.
        guard let backend = backends.next else { return client.close() }
        return ClientBootstrap(group: client.eventLoop)
          .channelOption(.autoRead, value: false)
          .channelOption(.allowRemoteHalfClosure, value: true)
          .connect(host: backend.host, port: backend.port)
          .flatMap { server in join(client, server) }
      }
      .bind(host: "127.0.0.1", port: port).get()
    return ServiceProxy(listener, backends)
  }

  /// Leads new connections elsewhere; those that are open stay.
  func lead(to list: [Backend]) { backends.replace(with: list) }

  /// Takes no more connections.
  func stop() async { try? await listener.close() }

  private static func join(_ client: any Channel, _ server: any Channel) -> EventLoopFuture<Void> {
    client.eventLoop.makeCompletedFuture {
      try client.pipeline.syncOperations.addHandler(Relay(to: server))
      try server.pipeline.syncOperations.addHandler(Relay(to: client))
    }
  }
}

/// Writes to another connection of the same event loop what comes from one, as fast as that one takes it.
private final class Relay: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let other: any Channel
  /// What was handed over last: whoever closes waits for it.
  private var lastWrite: EventLoopFuture<Void>?

  init(to other: any Channel) { self.other = other }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { context.read() }
  }

  /// The accepted connection becomes active only when it has been put together.
  func channelActive(context: ChannelHandlerContext) {
    context.read()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = context.channel
    let write = other.writeAndFlush(unwrapInboundIn(data))
    lastWrite = write
    write.whenComplete { result in
      if case .success = result { channel.read() } else { channel.close(promise: nil) }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { closeOther(.output) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    closeOther(.all)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    closeOther(.all)
    context.close(promise: nil)
  }

  private func closeOther(_ mode: CloseMode) {
    guard let lastWrite else { return other.close(mode: mode, promise: nil) }
    let other = other
    lastWrite.whenComplete { _ in other.close(mode: mode, promise: nil) }
  }
}
