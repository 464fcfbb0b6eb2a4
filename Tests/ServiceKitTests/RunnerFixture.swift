import Configuration
import Core
import DevTools
import Events
import Foundation
import Kafka
import Logging
import Mesh
import Postgres
import ProcessKit
import Protobuf
import RPC
import Registry
import ServiceKit
import Synchronization
import TLS
import TestSupport
import TestingContract

/// What a runner needs around it: a database with migrated services, a broker, certificates.
final class RunnerFixture: Sendable {
  let database: TestDatabase
  let cluster: MockCluster
  let certificates: TestCertificates
  let folder: TemporaryFolder
  /// Written once: processes that start at the same time read it.
  private let passwordPath: String
  var directory: ServiceDirectory { ServiceDirectory(folder: "\(folder.path)/mesh") }

  init() async throws {
    database = try await TestDatabase.make()
    cluster = try MockCluster(topics: ["ticks": 3], logger: .quiet)
    certificates = try TestCertificates()
    folder = try TemporaryFolder()
    passwordPath = try folder.write("password", Self.password)
  }

  private static let password = "a service's password in tests"

  /// Migrates the services' schemas, as the owner.
  func migrate(_ definitions: [ServiceDefinition]) async throws {
    for definition in definitions {
      let migrator = Migrator(pool: database.pool, schema: definition.name, logger: .quiet)
      try await migrator.migrate(definition.migrations)
      try await migrator.grantAccess(
        to: ServiceRole(name: definition.name, password: Self.password),
        appendOnly: definition.appendOnlyTables)
    }
  }

  /// The environment of a process that runs these services.
  func environment(of definitions: [ServiceDefinition]) async throws -> [String: String] {
    let server = try await PostgresServer.shared()
    var environment = [
      "TLS_CA": certificates.authorityPath, "MESH_DIRECTORY": "\(folder.path)/mesh",
      "KAFKA_BROKERS": cluster.address, "DRAIN_LIMIT": "30",
      "POSTGRES_HOST": server.host, "POSTGRES_PORT": "\(server.port)",
      "POSTGRES_DATABASE": database.configuration.database,
      "POSTGRES_PASSWORD_FILE": passwordPath,
    ]
    for definition in definitions {
      let identity = try certificates.service(definition.name)
      environment["\(definition.name.uppercased())_TLS_CERTIFICATE"] = identity.certificateChainPath
      environment["\(definition.name.uppercased())_TLS_KEY"] = identity.privateKeyPath
    }
    return environment
  }

  /// A process' worth of services, under way in a task.
  func start(
    _ definitions: [ServiceDefinition], _ changes: [String: String] = [:]
  ) async throws -> RunningProcess {
    let environment = try await environment(of: definitions).merging(changes) { $1 }
    let stop = AsyncStream.makeStream(of: String.self)
    let process = RunningProcess(signal: stop.continuation)
    process.run {
      let reader = ConfigReader(
        provider: EnvironmentVariablesProvider(environmentVariables: environment))
      try await ServiceRunner.run(
        definitions, descriptors: .empty, reader: reader, logger: .quiet,
        notifier: ReadinessNotifier(path: nil)
      ) {
        await stop.stream.first { _ in true }
      }
    }
    return process
  }

  /// A client of a service, as another service.
  func client(of service: String, as caller: String = "gateway") throws
    -> TestingV1.TestingServiceClient
  {
    TestingV1.TestingServiceClient(try channel(to: service, as: caller))
  }

  /// The way to a service, as another service.
  func channel(to service: String, as caller: String = "gateway") throws -> MeshChannel {
    MeshChannel(
      to: service, in: directory,
      MeshChannel.Configuration(
        identity: try certificates.service(caller),
        trustedAuthoritiesPath: certificates.authorityPath))
  }

  /// Takes its database away from a service: what connections it has end, and it gets no others.
  func lockOut(_ service: String) async throws {
    try await database.pool.execute(PostgresQuery(unsafeSQL: "ALTER ROLE \(service) NOLOGIN"))
    try await database.pool.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = \(service)")
  }

  /// Gives it back.
  func letIn(_ service: String) async throws {
    try await database.pool.execute(PostgresQuery(unsafeSQL: "ALTER ROLE \(service) LOGIN"))
  }

  /// How many instances of a service the directory knows.
  func instances(of service: String) -> Int { (try? directory.addresses(of: service).count) ?? 0 }

  /// Waits until the directory knows so many instances of a service.
  ///
  /// - Throws: What ended one of the processes meanwhile.
  func waitUntil(
    _ count: Int = 1, serve service: String, _ processes: RunningProcess...
  ) async throws {
    try await eventually {
      for process in processes { try process.result?.get() }
      return instances(of: service) == count
    }
  }
}

/// Services that a test runs and ends.
final class RunningProcess: Sendable {
  private let signal: AsyncStream<String>.Continuation
  private let end = Mutex<Result<Void, any Error>?>(nil)

  init(signal: AsyncStream<String>.Continuation) {
    self.signal = signal
  }

  func run(_ body: @escaping @Sendable () async throws -> Void) {
    Task {
      let result: Result<Void, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      end.withLock { $0 = result }
    }
  }

  /// How it ended; nil while it runs.
  var result: Result<Void, any Error>? { end.withLock(\.self) }

  /// Waits for its end.
  func value() async throws {
    try await eventually { result != nil }
    try result?.get()
  }

  /// Stops as SIGTERM does, and waits for the end.
  func stop() async throws {
    signal.yield("SIGTERM")
    try await value()
  }
}

/// A small real service: it stores what it is told with an event, and asks another service.
struct SmallService: RPCService {
  let environment: ServiceEnvironment
  /// Told when a call begins to wait.
  let waits: AsyncStream<Void>.Continuation?
  /// What a call that waits waits for, if not for its time: the end of these.
  let feed: AsyncStream<Void>?

  static func definition(
    _ name: String, tasks: [BackgroundTask] = [], waits: AsyncStream<Void>.Continuation? = nil,
    feed: AsyncStream<Void>? = nil,
    make: @escaping @Sendable (ServiceEnvironment) async throws -> Void = { _ in }
  ) -> ServiceDefinition {
    ServiceDefinition(
      name: name,
      migrations: [
        .events(version: 1),
        Migration(version: 2, name: "create_notes", sql: "CREATE TABLE notes (text text NOT NULL)"),
        .eventTraces(version: 3), .refusedEvents(version: 4),
      ],
      topics: [ticks.specification]
    ) { environment in
      try await make(environment)
      return ServiceParts(
        services: [SmallService(environment: environment, waits: waits, feed: feed)],
        tasks: tasks, dependencies: [.database(environment.database)])
    }
  }

  static let descriptor = ServiceDescriptor(
    name: "alphintra.testing.v1.TestingService",
    methods: [TestingV1.TestingServiceMethods.whoAmI, TestingV1.TestingServiceMethods.echo])

  func register(in router: inout RPCRouter) {
    router.unary(TestingV1.TestingServiceMethods.whoAmI) {
      (_: TestingV1.WhoAmIRequest, context) in
      var response = TestingV1.WhoAmIResponse()
      response.spiffeID = context.peer?.spiffeID ?? ""
      return response
    }
    router.unary(TestingV1.TestingServiceMethods.echo) {
      (request: TestingV1.EchoRequest, _) in
      try await echo(request)
    }
  }

  /// With a count, stores so many events; with a text, asks the service of that name who we are.
  private func echo(_ request: TestingV1.EchoRequest) async throws -> TestingV1.EchoResponse {
    if request.delayMs > 0 {
      waits?.yield()
      if let feed {
        for await _ in feed {}
      } else {
        try await Task.sleep(for: .milliseconds(Int(request.delayMs)))
      }
    }
    var response = TestingV1.EchoResponse()
    if !request.text.isEmpty {
      let client = TestingV1.TestingServiceClient(environment.channel(request.text))
      response.text = try await client.whoAmI(TestingV1.WhoAmIRequest()).spiffeID
    }
    for sequence in 0..<Int64(request.count) {
      let now = environment.clock.now
      try await environment.database.transaction { transaction in
        transaction.send("INSERT INTO notes VALUES (\("note \(sequence)"))")
        environment.outbox.append(
          Tick(seconds: sequence + 1, nanos: 1), to: ticks, id: EventID(UUIDv7.make(now: now)),
          at: now, in: transaction)
      }
    }
    return response
  }
}
