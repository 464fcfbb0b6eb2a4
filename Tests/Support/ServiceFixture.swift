import Configuration
public import Core
import Events
public import Kafka
import Logging
import Mesh
import Postgres
public import ProcessKit
public import RPC
import RPCInProcess
public import ServiceKit
import TLS

/// A service with a database and a broker of its own, called inside the process.
///
/// The service works as its role on its migrated schema, behind the access check of the contracts.
/// Nothing runs beside it until a test says so: ``ServiceKit/ServiceParts/tasks`` and the relay are
/// for the test to run.
public final class ServiceFixture: Sendable {
  /// The database, with the superuser's pool.
  public let database: TestDatabase
  /// The broker; its topics are those that the service publishes, and those asked for.
  public let cluster: MockCluster
  /// What the service was given.
  public let environment: ServiceEnvironment
  /// What the service consists of.
  public let parts: ServiceParts
  /// Makes the tokens of its users, unless the service verifies tokens by itself.
  public let tokens: TestTokenIssuer
  private let server: InProcessServer
  private let folder: TemporaryFolder
  private let certificates: TestCertificates

  /// Makes a service.
  ///
  /// - Parameters:
  ///   - settings: environment variables, such as `MARKETDATA_SPEED`.
  ///   - channels: the ways to the services it calls.
  ///   - topics: further topics of the broker, with their numbers of partitions.
  ///   - database: one that another instance of the service uses too; nil makes a new one.
  ///   - cluster: likewise the broker.
  ///   - tokens: likewise the issuer of tokens, for a service that passes them on to another.
  public init(
    _ definition: ServiceDefinition, settings: [String: String] = [:],
    channels: [String: any RPCChannel] = [:], topics: [String: Int] = [:],
    clock: any Core.Clock = SystemClock(), crashPoints: CrashPoints = .none,
    database shared: TestDatabase? = nil, cluster sharedCluster: MockCluster? = nil,
    tokens sharedTokens: TestTokenIssuer? = nil
  ) async throws {
    let name = definition.name
    if let shared { database = shared } else { database = try await TestDatabase.make() }
    let migrator = Migrator(pool: database.pool, schema: name, logger: .quiet)
    try await migrator.migrate(definition.migrations)
    // Roles belong to the server that all tests share: the password must be the same for all, and
    // two transactions must not change the role at once.
    try await Self.roleChanges.run {
      try await migrator.grantAccess(
        to: ServiceRole(name: name, password: Self.password),
        appendOnly: definition.appendOnlyTables)
    }
    let pool = PostgresPool(
      try await database.configuration(user: name, password: Self.password, schema: name))
    var allTopics = topics
    for topic in definition.topics { allTopics[topic.name] = topic.partitions }
    if let sharedCluster {
      cluster = sharedCluster
    } else {
      cluster = try MockCluster(topics: allTopics, logger: .quiet)
    }
    folder = try TemporaryFolder()
    if let sharedTokens { tokens = sharedTokens } else { tokens = try TestTokenIssuer.shared() }
    certificates = try TestCertificates()
    let identity = try certificates.service(name)
    var variables = [
      "TLS_CERTIFICATE": identity.certificateChainPath, "TLS_KEY": identity.privateKeyPath,
      "TLS_CA": certificates.authorityPath, "MESH_DIRECTORY": folder.path,
      "KAFKA_BROKERS": cluster.address,
    ]
    variables.merge(settings) { $1 }
    let reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
    environment = ServiceEnvironment(
      name: name,
      configuration: try ServiceConfiguration(
        reader, service: name, calling: definition.allCalls), reader: reader,
      database: pool, outbox: Outbox(service: name),
      kafka: KafkaConnection(
        brokers: try KafkaBrokers(cluster.address), clientID: name, logger: .quiet),
      clock: clock, crashPoints: crashPoints, logger: .quiet
    ) { service in
      channels[service] ?? UnreachableChannel(service: service)
    }
    parts = try await definition.make(environment)
    let document = KeySetDocument(json: try tokens.keySetJSON(), maximumAge: .seconds(3600))
    let verifier: any TokenVerifier =
      parts.tokenVerifier
      ?? JWKSTokenVerifier(
        issuer: TestTokenIssuer.issuer, audience: TestTokenIssuer.audience
      ) { document }
    server = InProcessServer(
      RPCRouter(
        services: parts.services, accessController: AccessGuard(verifier: verifier),
        interceptors: parts.interceptors, replay: parts.replay))
  }

  private static let roleChanges = OneAtATime()
  private static let password = "the password of every service role in tests"

  /// A channel to the service as another service of the mesh; nil is a caller without certificate.
  ///
  /// The contract's deadlines are short for a machine that is busy with tests: here calls get more.
  public func channel(as caller: String? = "gateway") -> any RPCChannel {
    PatientChannel(base: server.channel(as: caller.map { PeerIdentity(service: $0) }))
  }

  /// Options of a call on behalf of a user, with a good token of ``tokens``.
  public func options(
    user: String, roles: [String] = [], correlationID: String? = nil
  ) throws -> CallOptions {
    try Self.options(token: tokens.token(for: user, roles: roles), correlationID: correlationID)
  }

  /// Options of a call with a token.
  public static func options(
    token: String, correlationID: String? = nil
  ) throws -> CallOptions {
    var metadata = Metadata()
    try metadata.add(CallHead.authorizationName, "Bearer \(token)")
    if let correlationID { try metadata.add(ServerContext.correlationIDName, correlationID) }
    return CallOptions(timeout: .seconds(180), metadata: metadata)
  }
}

/// Runs what it is given one after the other.
private actor OneAtATime {
  private var last: Task<Void, any Error>?

  func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { [last] in
      _ = await last?.result
      try await work()
    }
    last = task
    try await task.value
  }
}

/// Gives each call a minute, whatever the contract says.
public struct PatientChannel: RPCChannel {
  let base: any RPCChannel

  /// A channel that is the other one, with more time.
  public init(base: any RPCChannel) { self.base = base }

  /// Opens a call on the other one.
  public func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    var head = head
    head.deadline = head.deadline.map { max($0, .now + .seconds(60)) }
    return try await base.open(head)
  }
}

/// A service that nobody can reach.
private struct UnreachableChannel: RPCChannel {
  let service: String

  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    throw RPCError(.unavailable, "\(service) is not part of this test")
  }
}
