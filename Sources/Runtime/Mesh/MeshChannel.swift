public import NIOCore
public import NIOPosix
public import Observability
public import RPC
internal import RPCTransport
public import TLS

/// A way to a service of the mesh, wherever its replicas are.
///
/// Connects when the first call is made, keeps one connection to each address that its target leads to,
/// and sends each call where it is best served. A lost connection is made again when it is needed; while
/// no address can be reached, calls fail at once with the reason, and attempts are spaced out with jitter.
/// The server must prove the SPIFFE id of the service dialled, wherever it was found.
public final class MeshChannel: RPCChannel {
  /// How a channel connects and chooses.
  public struct Configuration: Sendable {
    /// The certificate this process shows.
    public var identity: TLSConfiguration.Identity
    /// The PEM file of the mesh's authority.
    public var trustedAuthoritiesPath: String
    /// Where both are kept up to date; nil reads them for each connection.
    public var credentials: TLSCredentialSource?
    /// How long connecting, and then the handshakes, may take.
    public var connectTimeout: Duration = .seconds(3)
    /// How long a server may be silent, while calls are under way, until it is asked for a sign of life.
    public var keepaliveInterval: Duration = .seconds(10)
    /// How long that sign may take.
    public var keepaliveTimeout: Duration = .seconds(5)
    /// How calls are made, as far as their contracts do not say.
    public var serviceConfig = ServiceConfig()
    /// The wait after the first failed attempt to reach an address; each further one doubles it.
    public var minimumBackoff: Duration = .milliseconds(50)
    /// The longest wait between attempts.
    public var maximumBackoff: Duration = .seconds(2)
    /// How often the directory is read or DNS asked again while all is well; a fifth more or less each time.
    public var resolutionInterval: Duration = .seconds(10)
    /// Where calls are counted; nil for nowhere.
    public var metrics: MetricsRegistry?
    /// Who records the spans of calls; nil for nobody.
    public var tracer: Tracer?

    /// A configuration with the usual times.
    public init(identity: TLSConfiguration.Identity, trustedAuthoritiesPath: String) {
      self.identity = identity
      self.trustedAuthoritiesPath = trustedAuthoritiesPath
    }

    /// The same, of files that are kept up to date.
    ///
    /// - Precondition: they are an identity and authorities.
    public init(_ credentials: TLSCredentialSource) {
      guard let identity = credentials.files.identity,
        let path = credentials.files.trustedAuthoritiesPath
      else { preconditionFailure("a service of the mesh shows a certificate and asks for one") }
      self.init(identity: identity, trustedAuthoritiesPath: path)
      self.credentials = credentials
    }
  }

  /// The name of the service at the other end.
  public let service: String
  /// What is counted of the calls.
  public let metrics: ClientMetrics?
  /// Who records the spans of the calls.
  public let tracer: Tracer?
  private let pool: ConnectionPool
  private let config: ServiceConfig
  private let allowances: RetryAllowances
  private let pace: KeepalivePace

  /// A channel to a service; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - target: Where to look; nil looks for the service's name in the directory.
  ///   - directory: For targets that name a service.
  public convenience init(
    to service: String, at target: Target? = nil, in directory: ServiceDirectory,
    _ configuration: Configuration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    let resolver: any Resolver =
      switch target ?? .service(service) {
      case .service(let name):
        DirectoryResolver(
          service: name, directory: directory, interval: configuration.resolutionInterval)
      case .dns(let host, let port):
        DNSResolver(host: host, port: port, interval: configuration.resolutionInterval)
      case .fixed(let addresses): StaticResolver(list: addresses)
      }
    self.init(to: service, resolver, configuration, group: group)
  }

  /// A channel to a service, as the settings of the process say; nothing is connected yet.
  public convenience init(
    to service: String, _ settings: MeshSettings, _ configuration: Configuration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    var configuration = configuration
    configuration.serviceConfig = settings.serviceConfig
    self.init(
      to: service, at: settings.target(of: service),
      in: settings.directory ?? ServiceDirectory([:]), configuration, group: group)
  }

  package init(
    to service: String, _ resolver: any Resolver, _ configuration: Configuration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.service = service
    metrics = configuration.metrics.map { ClientMetrics($0, target: service) }
    tracer = configuration.tracer
    config = configuration.serviceConfig
    allowances = RetryAllowances(config.retryThrottling, config.retryBudget, at: .now)
    var client = ClientConnection.Configuration(
      tls: .client(
        identity: configuration.identity,
        trustedAuthoritiesPath: configuration.trustedAuthoritiesPath,
        expecting: .init(spiffeID: SPIFFEID(service: service).description),
        applicationProtocols: ["h2"]))
    client.credentials = configuration.credentials
    client.connectTimeout = configuration.connectTimeout
    client.keepaliveTimeout = configuration.keepaliveTimeout
    let pace = KeepalivePace(configuration.keepaliveInterval)
    self.pace = pace
    let template = client
    pool = ConnectionPool(
      service: service, resolver: resolver, configuration: configuration
    ) { address async throws(RPCError) in
      var client = template
      pace.set(in: &client)
      let connection = try await ClientConnection.connect(to: address, client, group: group)
      pace.listen(to: connection, client)
      return connection
    }
  }

  /// Opens a call on the connection that is chosen.
  ///
  /// It is made again when it fails in a way that allows it: what its server has certainly not seen, and
  /// what the contract says may be repeated (gRFC A6).
  ///
  /// - Throws: `.unavailable` with the reason `SERVICE_UNAVAILABLE` when no address can be reached: the
  ///   call was not made. `.deadlineExceeded` or `.cancelled` while waiting for a connection.
  public func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    var head = head
    let method = config.method(head.method)
    if let timeout = method?.timeout {
      let end = ContinuousClock.now + timeout
      head.deadline = head.statedDeadline.map { min($0, end) } ?? end
    }
    head.waitsForReady = head.waitsForReady ?? method?.waitsForReady
    allowances.budget.callBegan()
    let plan = RetryPlan(config.retryPolicy(head.method, method), deadline: head.deadline)
    let (first, pool, metrics) = (head, pool, metrics)
    return RetryingCall(try await pool.open(first, metrics), plan, allowances) {
      previousAttempts, isTransparent async throws(RPCError) in
      var head = first
      head.previousAttempts = previousAttempts
      head.isTransparentRetry = isTransparent
      // Nothing of an attempt that failed is the response's.
      head.responseMetadata?.received(trailing: Metadata())
      return try await pool.open(head, metrics)
    }
  }

  /// The service, as spans name it.
  public var target: String? { service }

  /// How long a server may be silent until it is asked for a sign of life: as configured, and twice as long
  /// after each server that found it too often (gRFC A8).
  public var keepaliveInterval: Duration { pace.interval }

  /// A replica as the channel knows it.
  public struct Backend: Sendable, Hashable {
    /// Where it listens.
    public let address: ServiceAddress
    /// Whether there is a connection that takes calls.
    public let isConnected: Bool
    /// Whether it has failed more than others and gets no calls for a while.
    public let isEjected: Bool
    /// The calls of this channel under way there.
    public let callCount: Int
  }

  /// The replicas known.
  public var backends: [Backend] { pool.backends }

  /// Takes no more calls; the connections close when the calls under way have ended.
  public func close() { pool.close() }
}

extension ClientConnection {
  /// Connects to a server, wherever it listens.
  fileprivate static func connect(
    to address: ServiceAddress, _ configuration: Configuration, group: any EventLoopGroup
  ) async throws(RPCError) -> ClientConnection {
    switch address {
    case .tcp(let host, let port):
      try await connect(host: host, port: port, configuration, group: group)
    case .unix(let path):
      try await connect(unixSocketPath: path, configuration, group: group)
    }
  }
}
