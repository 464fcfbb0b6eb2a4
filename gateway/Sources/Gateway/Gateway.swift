public import Core
public import Logging
public import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import Observability
public import RPC
public import TLS
internal import TLSChannel
public import Transcoding

/// The edge: REST and WebSocket over HTTPS outside, RPCs inside.
///
///     let gateway = try Gateway(
///       GatewayConfiguration(), routes: AllRoutes.routes, channels: AllRoutes.channels,
///       upstreams: upstreams, accessController: guard, tls: context, logger: logger)
///     let address = try await gateway.start(host: "0.0.0.0", port: 8443, on: group)
///     …
///     await gateway.drain()
public final class Gateway: Sendable {
  /// The gateway as its spans name it.
  private static let service = "gateway"
  /// Connections that wait to be accepted.
  private static let backlog: Int32 = 1024

  private let edge: Edge
  private let tls: TLSContextSource
  private let registry: ConnectionRegistry
  private let listener = ListenerBox()

  /// Puts a gateway together; nothing is bound yet.
  ///
  /// - Parameters:
  ///   - configuration: The limits and the allowed origins.
  ///   - routes: The REST operations.
  ///   - channels: The WebSocket channels.
  ///   - upstreams: The ways to the services.
  ///   - accessController: Verifies users before their requests go on; it sees the gateway itself as
  ///     the calling service.
  ///   - tls: A server's contexts with `http/1.1` as its application protocol.
  ///   - diagnostics: Told what the gateway does.
  ///   - clock: Tells the time of ids, dates and tokens.
  ///   - steadyClock: One that is never set: measures the windows of rate limits.
  ///   - logger: Takes the access log.
  /// - Throws: `RouteTable.Conflict` when two routes answer the same requests; `TLSError` when the authorities of the
  ///   store of rate limits cannot be read.
  public init(
    _ configuration: GatewayConfiguration, routes: [Route], channels: [Transcoding.Channel],
    upstreams: Upstreams, accessController: any AccessController, tls: TLSContextSource,
    diagnostics: Diagnostics = Diagnostics(), clock: any Core.Clock = SystemClock(),
    steadyClock: (any Core.Clock)? = nil, logger: Logger
  ) throws {
    self.edge = try Edge(
      configuration, routes: routes, channels: channels, upstreams: upstreams,
      accessController: accessController, clock: clock,
      steadyClock: steadyClock ?? SteadyClock(), metrics: diagnostics.metrics,
      tracer: diagnostics.traces?.tracer(of: Self.service), logger: logger)
    self.tls = tls
    self.registry = ConnectionRegistry(
      limit: configuration.limits.connections,
      limitPerAddress: configuration.limits.connectionsPerAddress,
      proxies: configuration.rateLimits.trustedProxies)
    show(in: diagnostics)
  }

  private func show(in diagnostics: Diagnostics) {
    let (registry, state, bodies, listener) = (registry, edge.state, edge.bodies, listener)
    diagnostics.addReadiness("gateway") { listener.isSet && !state.isDraining }
    diagnostics.metrics.gauge("http_server_connections", "Connections of clients that are open.") {
      Double(registry.count)
    }
    diagnostics.metrics.gauge("http_server_active_requests", "Requests that are being answered.") {
      Double(state.requestsInFlight)
    }
    diagnostics.metrics.gauge(
      "gateway_request_body_bytes", "Bytes of requests' bodies that the gateway holds."
    ) { Double(bodies.bytes) }
    diagnostics.addSection("Edge") {
      [
        ("connections", "\(registry.count)"), ("requests under way", "\(state.requestsInFlight)"),
        ("bytes of bodies", "\(bodies.bytes)"),
      ]
    }
  }

  /// Starts to accept connections.
  ///
  /// - Returns: The address that was bound: with port 0 the system chooses one.
  public func start(
    host: String, port: Int, on group: any EventLoopGroup
  ) async throws -> SocketAddress {
    let edge = edge
    let tls = tls
    let registry = registry
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Self.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(
        UnsentBytes.option, value: .init(edge.limits.webSocket.socketBytes)
      )
      // A client that has said all it wants to say may still wait for its answer.
      .childChannelOption(.allowRemoteHalfClosure, value: false)
      .childChannelOption(
        .writeBufferWaterMark,
        value: .init(
          low: edge.limits.webSocket.socketBytes / 2, high: edge.limits.webSocket.socketBytes)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard registry.add(channel) else { throw ChannelError.operationUnsupported }
          try EdgePipeline.configure(channel, edge, tls.current())
        }
      }
      .bind(host: host, port: port).get()
    listener.set(channel)
    edge.limiter.start(on: group.next())
    guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
    return address
  }

  /// Whether rate limits are counted together with other gateways at the moment.
  var sharesRateLimits: Bool { edge.limiter.sharesWindows }

  /// Closes the WebSockets of sessions that have ended, with 4001.
  ///
  /// Whoever tells has seen to it that tokens of these sessions are not accepted any more: a socket that is being opened
  /// with one of them asks again.
  ///
  /// - Parameter sessions: their ids, as tokens carry them (`sid`).
  public func endSockets(of sessions: Set<String>) {
    let count = edge.endSockets(of: sessions)
    guard count > 0 else { return }
    edge.logger.notice("sockets ended with their sessions", metadata: ["count": "\(count)"])
  }

  /// How many sessions have WebSockets.
  var sessionsWithSockets: Int { edge.sockets.count }

  /// How many bytes of requests' bodies are held.
  var bodyBytes: Int { edge.bodies.bytes }

  /// How many connections are open, those that shake hands among them.
  var connectionCount: Int { registry.count }

  /// Stops in order: accepts nothing more, lets requests finish, closes WebSockets with 1001, and after
  /// the drain's time limit closes what is left.
  public func drain() async {
    edge.state.beginDrain()
    edge.crashPoints.reach(.drainBegun)
    guard let channel = listener.take() else { return }
    try? await channel.close().get()
    let empty = channel.eventLoop.makePromise(of: Void.self)
    let registry = registry
    let timer = channel.eventLoop.scheduleTask(in: edge.limits.drainTimeout.timeAmount) {
      registry.closeAll()
    }
    registry.drain(whenEmpty: empty)
    try? await empty.futureResult.get()
    timer.cancel()
    edge.limiter.stop()
  }
}
