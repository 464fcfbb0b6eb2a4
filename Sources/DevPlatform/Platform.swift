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
  private var gatewayPort = 0
  /// The PostgreSQL whose end is news.
  private var postgresWatch: Task<Void, Never>?
  private var supervisorWatch: Task<Void, Never>?
  private var rotation: Task<Void, Never>?

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

  /// The port of REST and WebSocket.
  public var port: Int { gatewayPort }
  /// Where REST is: `https://localhost:8443`.
  public var url: String { "https://localhost:\(gatewayPort)" }
  /// The PEM file of the authority that a client must trust.
  public nonisolated var authorityPath: String { certificates.folder.authorityPath }
  /// The certificates, for tests that speak in the mesh.
  public nonisolated var certificateFolder: CertificateFolder { certificates.folder }
  /// The folder that says where the services are.
  public nonisolated var directoryPath: String { paths.directory }
  /// The file that says where the broker is: `KafkaBrokers.file(platform.brokerFile)`.
  public nonisolated var brokerFile: String { paths.brokerAddress }
  /// The log of a member.
  public nonisolated func logFile(of member: PlatformMember) -> String {
    paths.log(of: member.name)
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
  public func adminAddress(of member: PlatformMember) async -> String? {
    await supervisor.notification(of: member.name)["X_ADMIN"]
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
    supervisorWatch = Task { [supervisor, exits] in
      for await exit in supervisor.unexpectedExits { exits.yield(exit) }
    }
    try await step(PlatformMember.broker.name) { try await startManaged(.broker) }
    try await step("migrations") {
      try await supervisor.start(environment().migration)
      return PlatformMember.services.map(\.name).joined(separator: " ")
    }
    try await step("operator") { try await seedOperator() }
    for service in PlatformMember.services {
      try await step(service.name) { try await startManaged(service) }
    }
    try await step(PlatformMember.gateway.name) { try await startManaged(.gateway) }
  }

  /// Stops everything in reverse, and removes what is temporary.
  ///
  /// - Parameter keepingLogs: leaves the logs of a temporary platform, for who asks what happened.
  public func stop(keepingLogs: Bool = false) async {
    let progress = options.progress
    await supervisor.stopAll { progress(.stopping($0)) }
    supervisorWatch?.cancel()
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
  public func kill(_ member: PlatformMember) async {
    guard member == .postgres else { return await supervisor.kill(member.name) }
    postgresWatch?.cancel()
    await postgres?.kill()
  }

  /// Stops one process in good order.
  public func stop(_ member: PlatformMember) async {
    guard member == .postgres else { return await supervisor.stop(member.name) }
    postgresWatch?.cancel()
    await postgres?.halt()
  }

  /// Starts a process again, and waits until it serves.
  ///
  /// - Parameter environment: more variables for this run, beside those of the options.
  public func start(_ member: PlatformMember, environment: [String: String] = [:]) async throws {
    if member == .postgres {
      guard let postgres else { throw PlatformError.notStarted(member.name) }
      postgresWatch?.cancel()
      try await postgres.restart()
      watch(postgres)
    } else {
      _ = try await startManaged(member, environment)
    }
  }

  /// Waits until a process has ended by itself, and says how: "signaled(9)".
  ///
  /// - Returns: nil if it was not running, or was stopped.
  public func waitForExit(of member: PlatformMember) async -> String? {
    await supervisor.waitForExit(of: member.name)
  }

  private func startManaged(
    _ member: PlatformMember, _ extra: [String: String] = [:]
  ) async throws -> String {
    let environment = try environment()
    var process: ManagedProcess
    switch member {
    case .broker: process = environment.broker
    case .gateway: process = environment.gateway(port: options.gatewayPort ?? gatewayPort)
    default: process = environment.service(member)
    }
    process.environment.merge(extra) { $1 }
    try await supervisor.start(process)
    if member == .broker {
      let address = try? String(contentsOfFile: brokerFile, encoding: .utf8)
      return address?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }
    let addresses = try? ServiceDirectory(folder: paths.directory).addresses(of: member.name)
    if member == .gateway {
      gatewayPort = addresses?.first?.port ?? options.gatewayPort ?? 0
      try await waitUntilHealthy()
      return url
    }
    return addresses?.map(\.description).joined(separator: " ") ?? ""
  }

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
