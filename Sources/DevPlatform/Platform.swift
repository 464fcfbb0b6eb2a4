public import Certificates
public import DevTools
import Foundation
import Mesh
public import Postgres

/// The whole platform on one machine: every process under one supervisor.
///
/// PostgreSQL, the development broker, the services and the gateway run as processes of their own;
/// each has its own certificate, database role and log. ``start(_:)`` returns when the gateway
/// answers. If this process is killed, watchers stop all of them.
///
/// ```swift
/// let platform = try await Platform.start(.temporary())
/// let client = try platform.client()
/// …
/// await platform.kill(.trading)
/// try await platform.start(.trading, environment: ["TRADING_CRASH_AT": "fill.committed"])
/// await platform.stop()
/// ```
public actor Platform {
  /// A process that ended though nobody had asked it to.
  public typealias UnexpectedExit = Supervisor.UnexpectedExit

  /// Processes that died, as it happens; PostgreSQL among them.
  public nonisolated let unexpectedExits: AsyncStream<UnexpectedExit>
  /// What the platform was started with.
  public nonisolated let options: Options

  let paths: PlatformPaths
  let certificates: PlatformCertificates
  let supervisor: Supervisor
  let exits: AsyncStream<UnexpectedExit>.Continuation
  private let lock: FolderLock
  private var postgres: PrivatePostgres?
  private var gatewayPorts: [Int: Int] = [:]
  /// The PostgreSQL whose end is news.
  private var postgresWatch: Task<Void, Never>?
  private var supervisorWatch: Task<Void, Never>?
  private var rotation: Task<Void, Never>?
  /// What starts dead processes again, and when each has died.
  var restarts: [Task<Void, Never>] = []
  var deaths: [PlatformReplica: [ContinuousClock.Instant]] = [:]

  private init(_ options: Options) throws {
    let paths = PlatformPaths(folder: options.folder)
    guard let lock = try FolderLock(folder: paths.folder) else {
      throw PlatformError.folderInUse(paths.folder)
    }
    self.lock = lock
    self.options = options
    self.paths = paths
    certificates = PlatformCertificates(
      folder: paths.certificates, lifetime: options.certificateLifetime)
    supervisor = try Supervisor(folder: paths.folder)
    (unexpectedExits, exits) = AsyncStream.makeStream()
  }

  // MARK: - What it offers

  /// The port of REST and WebSocket; of several gateways, that of the first.
  public var port: Int { gatewayPorts[1] ?? 0 }
  /// The ports of all gateways, in their order.
  public var ports: [Int] { gatewayPorts.sorted { $0.key < $1.key }.map(\.value) }
  /// Where REST is: `https://localhost:8443`.
  public var url: String { Self.url(port: port) }
  /// The PEM file of the authority that a client must trust.
  public nonisolated var authorityPath: String { certificates.folder.authorityPath }
  /// The certificates, for tests that speak in the mesh.
  public nonisolated var certificateFolder: CertificateFolder { certificates.folder }
  /// The folder that says where the services are.
  public nonisolated var directoryPath: String { paths.directory }
  /// The file that says where the broker is: `KafkaBrokers.file(platform.brokerFile)`.
  public nonisolated var brokerFile: String { paths.brokerAddress }
  /// The log of a member's process.
  public nonisolated func logFile(of member: PlatformMember, replica: Int = 1) -> String {
    paths.log(of: PlatformReplica(member: member, number: replica).name)
  }

  /// How the superuser reaches the database of the services; `schema` is a service's name.
  ///
  /// - Throws: ``PlatformError/notStarted(_:)`` before PostgreSQL runs.
  public func database(schema: String? = nil) throws -> PostgresConfiguration {
    guard let postgres else { throw PlatformError.notStarted(PlatformMember.postgres.name) }
    return PostgresConfiguration(
      host: postgres.socketFolder, port: postgres.port, database: PlatformEnvironment.database,
      user: PrivatePostgres.superuser, schema: schema)
  }

  /// Where a process answers its operators, such as `127.0.0.1:40123`; nil for one that does not, or that
  /// has not been started.
  public func adminAddress(of member: PlatformMember, replica: Int = 1) async -> String? {
    let name = PlatformReplica(member: member, number: replica).name
    return await supervisor.notification(of: name)["X_ADMIN"]
  }

  /// The id of a process that serves; nil for one that does not.
  public func processID(of member: PlatformMember, replica: Int = 1) async -> Int32? {
    await supervisor.processID(of: PlatformReplica(member: member, number: replica).name)
  }

  // MARK: - Start and end

  /// Brings everything up and returns when the gateway answers.
  ///
  /// When a step fails, or the task is cancelled, what was started is stopped before this throws;
  /// of a temporary platform that failed the logs are left.
  public static func start(_ options: Options) async throws -> Platform {
    try Preconditions.check(options)
    let platform = try Platform(options)
    do {
      try await platform.bringUp()
    } catch {
      await platform.stop(keepingLogs: !Task.isCancelled && !(error is CancellationError))
      throw error
    }
    return platform
  }

  private func bringUp() async throws {
    paths.forgetAddresses()
    try await step("certificates") {
      try paths.prepare(roles: PlatformMember.services.map(\.name))
      let made = try certificates.prepare()
      return made.isEmpty ? "kept" : "made \(made.count)"
    }
    let progress = options.progress
    rotation = Task { [certificates] in await certificates.rotate { progress(.note($0)) } }
    try await step(PlatformMember.postgres.name) { try await startPostgres() }
    supervisorWatch = Task { [supervisor] in
      for await exit in supervisor.unexpectedExits { didExit(exit) }
    }
    let broker = PlatformReplica(member: .broker, number: 1)
    try await step(broker.name) { try await startManaged(broker) }
    try await step("migrations") {
      try await supervisor.start(environment().migration)
      return PlatformMember.services.map(\.name).joined(separator: " ")
    }
    try await step("operator") { try await seedOperator() }
    for member in options.services + [.gateway] {
      for replica in PlatformReplica.all(of: member, replicas: options.replicas) {
        try await step(replica.name) { try await startManaged(replica) }
      }
    }
  }

  /// Stops everything in reverse, and removes what is temporary.
  ///
  /// - Parameter keepingLogs: leaves the logs of a temporary platform, for who asks what happened.
  public func stop(keepingLogs: Bool = false) async {
    let progress = options.progress
    supervisorWatch?.cancel()
    for restart in restarts { restart.cancel() }
    for restart in restarts { await restart.value }
    await supervisor.stopAll { progress(.stopping($0)) }
    rotation?.cancel()
    await rotation?.value
    if let postgres {
      progress(.stopping(PlatformMember.postgres.name))
      postgresWatch?.cancel()
      await postgres.stop()
      self.postgres = nil
    }
    exits.finish()
    if options.isTemporary { paths.remove(keepingLogs: keepingLogs) }
  }

  /// Issues all certificates anew while the processes run, as after the loss of a key.
  public nonisolated func renewCertificates() throws {
    try certificates.prepare(renewing: .all)
  }

  // MARK: - Single processes

  /// Ends a process as `kill -9` does, and waits for its end.
  public func kill(_ member: PlatformMember, replica: Int = 1) async {
    guard member == .postgres else {
      return await supervisor.kill(PlatformReplica(member: member, number: replica).name)
    }
    postgresWatch?.cancel()
    await postgres?.kill()
  }

  /// Stops one process in good order.
  public func stop(_ member: PlatformMember, replica: Int = 1) async {
    guard member == .postgres else {
      return await supervisor.stop(PlatformReplica(member: member, number: replica).name)
    }
    postgresWatch?.cancel()
    await postgres?.halt()
  }

  /// Starts a process again, and waits until it serves.
  ///
  /// - Parameter environment: more variables for this run, beside those of the options.
  public func start(
    _ member: PlatformMember, replica: Int = 1, environment: [String: String] = [:]
  ) async throws {
    if member == .postgres {
      guard let postgres else { throw PlatformError.notStarted(member.name) }
      postgresWatch?.cancel()
      try await postgres.restart()
      watch(postgres)
    } else {
      _ = try await startManaged(PlatformReplica(member: member, number: replica), environment)
    }
  }

  /// Waits until a process has ended by itself, and says how: "signaled(9)".
  ///
  /// - Returns: nil if it was not running, or was stopped.
  public func waitForExit(of member: PlatformMember, replica: Int = 1) async -> String? {
    await supervisor.waitForExit(of: PlatformReplica(member: member, number: replica).name)
  }

  /// Starts a process, and says where it is.
  func startManaged(
    _ replica: PlatformReplica, _ extra: [String: String] = [:]
  ) async throws -> String {
    let environment = try environment()
    var process: ManagedProcess
    switch replica.member {
    case .broker: process = environment.broker
    case .gateway: process = environment.gateway(replica, port: gatewayPort(of: replica))
    default: process = environment.service(replica)
    }
    process.environment.merge(extra) { $1 }
    try await supervisor.start(process)
    let said = await supervisor.notification(of: replica.name)
    switch replica.member {
    case .broker:
      let address = try? String(contentsOfFile: brokerFile, encoding: .utf8)
      return address?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    case .gateway:
      let port = said["STATUS"].flatMap { URL(string: $0)?.port } ?? gatewayPort(of: replica)
      gatewayPorts[replica.number] = port
      try await waitUntilHealthy(port: port)
      return Self.url(port: port)
    default: return said["X_ADDRESSES"] ?? ""
    }
  }

  /// Where a gateway listened before, or is to: 0 for a port of the system's choice.
  private func gatewayPort(of replica: PlatformReplica) -> Int {
    gatewayPorts[replica.number] ?? options.gatewayPort.map { $0 + replica.number - 1 } ?? 0
  }

  private static func url(port: Int) -> String { "https://localhost:\(port)" }

  private func startPostgres() async throws -> String {
    var settings = PrivatePostgres.Options(
      folder: paths.postgres, port: options.postgresPort, waitsForDisk: options.waitsForDisk,
      isTemporary: options.isTemporary)
    let progress = options.progress
    settings.progress = { progress(.note($0)) }
    // Where the server's user cannot reach the folder, the data outlives its removal.
    settings.discardsData = !FileManager.default.fileExists(atPath: paths.databaseMark)
    let server = try await PrivatePostgres.start(settings)
    postgres = server
    try Data().write(to: URL(filePath: paths.databaseMark))
    watch(server)
    try await PlatformDatabase.create(PlatformEnvironment.database, on: server)
    return "\(server.host):\(server.port)"
  }

  private func watch(_ server: PrivatePostgres) {
    postgresWatch = Task { [exits] in
      let status = await server.ended()
      if Task.isCancelled { return }
      exits.yield(
        UnexpectedExit(
          name: PlatformMember.postgres.name, status: status, logFile: server.logFile,
          lastLines: []))
    }
  }

  func environment() throws -> PlatformEnvironment {
    guard let postgres else { throw PlatformError.notStarted(PlatformMember.postgres.name) }
    return PlatformEnvironment(
      options: options, paths: paths, certificates: certificates, postgresHost: postgres.host,
      postgresPort: postgres.port, postgresSocket: postgres.socketFolder)
  }

  private func step(_ name: String, _ work: () async throws -> String) async throws {
    try Task.checkCancellation()
    options.progress(.starting(name))
    let begin = ContinuousClock.now
    let detail = try await work()
    options.progress(.ready(name, detail: detail, after: ContinuousClock.now - begin))
  }
}
