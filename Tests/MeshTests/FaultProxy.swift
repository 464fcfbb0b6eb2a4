import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server, passes bytes on, and does to them what networks do.
final class FaultProxy: Sendable {
  /// What becomes of bytes.
  enum Behaviour: Sendable {
    /// They are passed on.
    case passing
    /// They are passed on that much later, in order.
    case delaying(Duration)
    /// They vanish, and so does the end of a connection: nobody is told anything.
    case swallowing
    /// They are passed on until the server has sent so many on a connection, which is then reset in the
    /// middle of them.
    case resetting(after: Int)
  }

  private struct State {
    var behaviour = Behaviour.passing
    var channels: [ObjectIdentifier: any Channel] = [:]
    var connectionCount = 0
  }

  private let listener: any Channel
  private let state = Mutex(State())

  private init(_ listener: any Channel) { self.listener = listener }

  /// A proxy to a port of this machine, on a port or at the path of a socket.
  static func start(to target: Int, socketPath: String? = nil) async throws -> FaultProxy {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.any().makePromise(of: FaultProxy.self)
    let bootstrap = ServerBootstrap(group: group).childChannelInitializer { client in
      promise.futureResult.hop(to: client.eventLoop).flatMap { $0.join(client, to: target) }
    }
    .childChannelOption(.autoRead, value: false)
    let listener =
      if let socketPath {
        try await bootstrap.bind(unixDomainSocketPath: socketPath).get()
      } else {
        try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
      }
    let result = FaultProxy(listener)
    promise.succeed(result)
    return result
  }

  /// The port to connect to; 0 for a socket.
  var port: Int { listener.localAddress?.port ?? 0 }

  /// How many connections there have been.
  var connectionCount: Int { state.withLock(\.connectionCount) }

  /// What becomes of bytes from now on, also on connections that there are.
  var behaviour: Behaviour {
    get { state.withLock(\.behaviour) }
    set { state.withLock { $0.behaviour = newValue } }
  }

  /// Breaks all connections off, as a machine does that knows nothing of them: with resets.
  func resetAll() {
    for channel in state.withLock({ Array($0.channels.values) }) { Self.reset(channel) }
  }

  private static func reset(_ channel: any Channel) {
    let socket = channel as? any SocketOptionProvider
    socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      .whenComplete { _ in channel.close(promise: nil) }
  }

  /// Takes no more connections; those that there are stay.
  func stopListening() async throws { try await listener.close() }

  private func join(_ client: any Channel, to target: Int) -> EventLoopFuture<Void> {
    state.withLock { $0.connectionCount += 1 }
    return ClientBootstrap(group: client.eventLoop)
      .channelOption(.autoRead, value: false)
      .connect(host: "127.0.0.1", port: target)
      .flatMap { server in
        self.keep(client)
        self.keep(server)
        return client.pipeline.addHandler(Half(self, to: server, isResponse: false))
          .and(server.pipeline.addHandler(Half(self, to: client, isResponse: true)))
          .flatMap { _ in
            server.setOption(.autoRead, value: true).and(
              client.setOption(.autoRead, value: true)
            ).map { _ in }
          }
      }
  }

  private func keep(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    state.withLock { $0.channels[id] = channel }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.channels[id] = nil }
    }
  }

  /// One direction of a connection.
  private final class Half: ChannelInboundHandler, @unchecked Sendable {
    // Unchecked: touched by the thread of the loop that both ends share.
    typealias InboundIn = ByteBuffer

    private let proxy: FaultProxy
    private let other: any Channel
    private let isResponse: Bool
    private var byteCount = 0
    /// When the last bytes go out that were held back: those that follow do not overtake them.
    private var lastDeparture = NIODeadline.uptimeNanoseconds(0)

    init(_ proxy: FaultProxy, to other: any Channel, isResponse: Bool) {
      self.proxy = proxy
      self.other = other
      self.isResponse = isResponse
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      byteCount += bytes.readableBytes
      guard case .resetting(let limit) = proxy.behaviour, isResponse, byteCount > limit else {
        return pass { [bytes] in $0.writeAndFlush(bytes, promise: nil) }
      }
      // Half of it arrives.
      let part = bytes.readSlice(length: bytes.readableBytes / 2) ?? ByteBuffer()
      let (client, server) = (other, context.channel)
      client.writeAndFlush(part).whenComplete { _ in
        FaultProxy.reset(client)
        FaultProxy.reset(server)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      pass { $0.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    private func pass(_ action: @escaping @Sendable (any Channel) -> Void) {
      switch proxy.behaviour {
      case .swallowing: return
      case .passing, .resetting: lastDeparture = max(lastDeparture, .now())
      case .delaying(let time): lastDeparture = max(lastDeparture, .now() + TimeAmount(time))
      }
      guard lastDeparture > .now() else { return action(other) }
      let other = other
      other.eventLoop.scheduleTask(deadline: lastDeparture) { action(other) }
    }
  }
}
