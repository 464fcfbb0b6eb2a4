public import HTTP2
public import NIOCore
public import NIOPosix
public import RPC
public import TLS

/// One HTTP/2 connection to a server, which carries any number of calls at a time.
///
/// A connection is used once: when it has ended it stays so. What reconnects, and chooses between several
/// servers, is in the mesh. It is closed gracefully when nobody holds it any more.
public final class ClientConnection: RPCChannel {
  /// How a client connects, and what it allows.
  public struct Configuration: Sendable {
    /// Whom to trust, whom to expect, and the certificate to show; nil is HTTP/2 in plaintext.
    public var tls: TLSConfiguration?
    /// Where the files of `tls` are kept up to date; nil reads them for each connection.
    public var credentials: TLSCredentialSource?
    /// What requests name as their `:authority`; nil is the host and the port, or `localhost` for a socket.
    public var authority: String?
    /// The limits of each call.
    public var limits = CallLimits()
    /// The limits of the connection.
    public var http2 = HTTP2Limits()
    /// How long connecting may take, and then again both handshakes.
    public var connectTimeout: Duration = .seconds(10)
    /// How long nothing may come, while calls are under way, until the server is asked for a sign of life;
    /// nil does not ask.
    public var keepaliveInterval: Duration? = .seconds(10)
    /// How often the server may be asked in a row while no call gets headers or data; after that, it is asked
    /// every `keepaliveIdleInterval`.
    ///
    /// gRPC servers end a connection at the fourth such ping (gRFC A8: two strikes, and the first is free).
    public var keepalivePingsWithoutData = 2
    /// The time between questions when the calls are idle: more than the five minutes that gRPC servers ask
    /// for by default (gRFC A8).
    public var keepaliveIdleInterval: Duration = .seconds(310)
    /// How long that sign may take.
    public var keepaliveTimeout: Duration = .seconds(5)

    /// Creates a configuration.
    public init(tls: TLSConfiguration?) {
      self.tls = tls
    }
  }

  /// The life of a connection.
  public enum State: Sendable, Hashable {
    /// Calls can be made.
    case ready
    /// No new calls are taken; those under way go on.
    case draining
    /// The connection is gone.
    case closed
  }

  let driver: ClientDriver

  init(_ driver: ClientDriver) {
    self.driver = driver
  }

  deinit {
    self.close()
  }

  /// Connects to a server, and returns when calls can be made.
  ///
  /// - Throws: `.unavailable`, with the reason as its cause: the server cannot be reached, is not the one
  ///   expected, or does not accept our certificate.
  public static func connect(
    host: String, port: Int, _ configuration: Configuration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws(RPCError) -> ClientConnection {
    let name = "\(host):\(port)"
    return try await self.connect(to: name, authority: name, configuration, group) { bootstrap in
      bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
    }
  }

  /// Connects to a server that listens on a socket of this machine, and returns when calls can be made.
  ///
  /// The authority of its requests is `localhost`, as gRPC has it.
  ///
  /// - Throws: `.unavailable`, as for a server on a port.
  public static func connect(
    unixSocketPath path: String, _ configuration: Configuration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws(RPCError) -> ClientConnection {
    try await self.connect(to: path, authority: "localhost", configuration, group) { bootstrap in
      bootstrap.connect(unixDomainSocketPath: path)
    }
  }

  private static func connect(
    to name: String, authority: String, _ configuration: Configuration,
    _ group: any EventLoopGroup,
    _ connect: (ClientBootstrap) -> EventLoopFuture<any Channel>
  ) async throws(RPCError) -> ClientConnection {
    do {
      let context = try configuration.tls.map { tls in
        try TLSContext(
          tls, configuration.credentials?.current ?? TLSCredentials(reading: tls.files))
      }
      let loop = group.next()
      let ready = loop.makePromise(of: ClientDriver.self)
      let bootstrap = ClientBootstrap(group: loop)
        .connectTimeout(TimeAmount(configuration.connectTimeout))
        .channelOption(.maxMessagesPerRead, value: 1)
        .channelOption(
          .recvAllocator,
          value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16384, maximum: 65536)
        )
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let driver = try ClientDriver(
              configuration, authority: configuration.authority ?? authority, ready,
              EventLoopExecutor.of(loop))
            let handler = driver.makeHandler(try context.map { try TLSSession($0) })
            try channel.pipeline.syncOperations.addHandler(handler)
          }
        }
      connect(bootstrap).whenFailure { ready.fail($0) }
      return ClientConnection(try await ready.futureResult.get())
    } catch {
      throw RPCError(.unavailable, "cannot connect to \(name)", cause: error)
    }
  }

  /// Opens a call.
  ///
  /// A call beyond the streams that the server allows waits for its turn, as long as its deadline lets it.
  ///
  /// - Throws: `.unavailable` with `CallNotProcessed` as its cause unless the connection is ready,
  ///   `.resourceExhausted` if the metadata is over the limit.
  public func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    guard self.state == .ready else { throw self.driver.takesNoCalls }
    let limits = self.driver.configuration.limits
    guard limits.allows(head.metadata) else {
      throw limits.metadataTooLarge(head.metadata, "the request's metadata")
    }
    let stream = ClientStream(head, on: self.driver)
    self.driver.executor.run { stream.start() }
    return stream
  }

  /// Where in its life the connection is.
  public var state: State { self.driver.state }

  /// The number of calls under way.
  public var callCount: Int { self.driver.callCount }

  /// Whether the server ended the connection because it was asked for signs of life too often; whoever
  /// connects again asks half as often (gRFC A8).
  public var pingsTooOften: Bool { self.driver.pingsTooOften }

  /// What the server's certificate says; nil in plaintext.
  public var serverCertificate: TLSCertificate? { self.driver.certificate }

  /// Calls `observer` when the connection begins to drain and when it is gone, each at once if it has
  /// happened.
  ///
  /// It is called on the connection's loop and must not block.
  public func onChange(_ observer: @escaping @Sendable (State) -> Void) {
    self.driver.observe(observer)
  }

  /// Takes no new calls, and closes the connection when those under way have ended.
  public func close() {
    let driver = self.driver
    driver.executor.run { driver.drain() }
  }

  /// Closes the connection at once; calls under way fail as UNAVAILABLE.
  public func closeNow() {
    let driver = self.driver
    driver.executor.run { driver.cutOff(nil) }
  }
}
