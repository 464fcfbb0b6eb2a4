public import HTTP2
public import Logging
public import NIOCore
public import NIOPosix
public import RPC
public import TLS

/// A gRPC server on a TCP port, over HTTP/2 and TLS 1.3.
///
/// ```swift
/// let server = try await RPCServer.start(router, RPCServer.Configuration(port: 8080, tls: tls))
/// …
/// await server.stop(grace: .seconds(10))
/// ```
public final class RPCServer: Sendable {
  /// Where a server listens, and what it allows.
  public struct Configuration: Sendable {
    /// The address to listen on; only this machine unless told otherwise.
    public var host: String
    /// The port to listen on; 0 lets the system choose one.
    public var port: Int
    /// The certificate, and what is asked of clients; nil is HTTP/2 in plaintext.
    public var tls: TLSConfiguration?
    /// Where the files of `tls` are kept up to date; nil reads them when the server starts, and no more.
    ///
    /// New connections use the credentials of the moment; those that are open go on with theirs, unless
    /// the deny-list comes to name their client: they are cut off.
    public var credentials: TLSCredentialSource?
    /// The limits of each call.
    public var limits = CallLimits()
    /// How responses are compressed where the handler does not say, for clients that accept it.
    public var compression = Compression.identity
    /// How many bytes of messages are held for clients.
    public var memory = MemoryLimits()
    /// The limits of each connection.
    public var http2 = HTTP2Limits()
    /// How long connections last, and how dead ones are found.
    public var connections = ConnectionManagement()
    /// How long a new connection may take until HTTP/2 is spoken on it.
    public var handshakeTimeout: Duration = .seconds(10)
    /// How long handlers that were cancelled may take to return when the server stops.
    public var handlerStopTimeout: Duration = .seconds(5)
    /// Is told of clients that the deny-list refuses, on their loop: it must not block.
    public var peerRefused: (@Sendable (RefusedPeer) -> Void)?
    /// Gets the failures that callers are not told about.
    public var logger: Logger

    /// Creates a configuration.
    public init(
      host: String = "127.0.0.1", port: Int = 0, tls: TLSConfiguration?,
      logger: Logger = Logger(label: "rpc.server")
    ) {
      self.host = host
      self.port = port
      self.tls = tls
      self.logger = logger
    }
  }

  /// The port that the server listens on.
  public let port: Int
  private let channel: any Channel
  private let environment: ServerEnvironment
  private let denials: TLSCredentialSource.Observation?

  private init(_ channel: any Channel, _ environment: ServerEnvironment) {
    self.channel = channel
    self.environment = environment
    self.denials = environment.observeDenials()
    self.port = channel.localAddress?.port ?? 0
  }

  /// Starts to listen.
  ///
  /// - Throws: `TLSError` if the certificate is not usable, `IOError` if the port is taken.
  public static func start(
    _ router: RPCRouter, _ configuration: Configuration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws -> RPCServer {
    let environment = try ServerEnvironment(router, configuration)
    // A library that is not fit for use is found now and not with the first connection.
    _ = try HTTP2Session(.server, limits: configuration.http2)
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // One read, one turn, one write: more reads in a row would only delay the answers.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16384, maximum: 65536)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try environment.accept(channel) }
      }
      .bind(host: configuration.host, port: configuration.port).get()
    return RPCServer(channel, environment)
  }

  /// The number of open connections.
  public var connectionCount: Int { self.environment.connections.open.count }

  /// How many bytes of messages it holds for clients, beside the first 64 KiB or less of each connection's
  /// requests and responses.
  public var heldBytes: Int { self.environment.memory.heldBytes }

  /// What has happened to its connections since it started.
  public var counters: ConnectionCounters { self.environment.counters }

  /// Stops listening, lets the calls under way end, and cuts off those that outlast the grace.
  ///
  /// Clients are told twice (RFC 9113, 6.8): first that the end is near, and a round trip later which of
  /// their calls were the last to be accepted; so no call is lost that crossed the notice. It returns when
  /// every handler has returned, so that what they use can be closed; a handler that does not heed its
  /// cancellation is waited for as long as `handlerStopTimeout` says.
  public func stop(grace: Duration) async {
    try? await self.channel.close()
    let connections = self.environment.connections
    Self.each(connections.stop()) { $0.shutDown() }
    let configuration = self.environment.configuration
    let cutOff = Task {
      try await Task.sleep(for: grace)
      Self.each(connections.open) { $0.cutOff() }
      try await Task.sleep(for: configuration.handlerStopTimeout)
      connections.giveUp()
    }
    if await !connections.waitUntilEmpty() {
      configuration.logger.warning(
        "handlers still run after the server has stopped",
        metadata: ["waited": "\(grace + configuration.handlerStopTimeout)"])
    }
    cutOff.cancel()
  }

  private static func each(
    _ connections: [ServerConnection], _ action: @escaping @Sendable (ServerConnection) -> Void
  ) {
    for connection in connections {
      connection.executor.run { action(connection) }
    }
  }
}
