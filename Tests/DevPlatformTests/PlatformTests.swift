import AuthContract
import DevPlatform
import DevTools
import EdgeClient
import Foundation
import Kafka
import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// The real processes under the supervisor: one platform, looked at from all sides.
@Suite struct PlatformTests {
  /// Why a platform does not start.
  private static func failure(_ options: Platform.Options) async -> String {
    do {
      await (try Platform.start(options)).stop()
      return "it started"
    } catch {
      return "\(error)"
    }
  }

  @Test func bringsEverythingUpAndLeavesNothing() async throws {
    let options = try Platform.Options.temporary()
    let folder = options.folder
    let (processIDs, postgresFolder) = try await Platform.run(options) { platform in
      // Two managed processes beside the services.
      let running = ChildProcesses.running(in: folder)
      #expect(
        Set(running.keys) == [
          "dev-broker", "marketdata", "auth", "asset", "exchange", "broker", "trading", "gateway",
        ])
      #expect(running.values.allSatisfy(ChildProcesses.isRunning))

      // The gateway serves over its own certificate.
      let edge = try EdgeClient(
        port: await platform.port, trustedAuthoritiesPath: platform.authorityPath)
      #expect(try await edge.send(.GET, "/readyz").status == 200)

      // Migrations made schemas and roles that can log in with their generated passwords.
      let database = try await platform.database()
      for service in PlatformMember.services {
        let path = "\(folder)/secrets/\(service.name).password"
        let password = try String(contentsOfFile: path, encoding: .utf8)
        let role = PostgresConfiguration(
          host: "127.0.0.1", port: database.port, database: database.database, user: service.name,
          password: password.trimmingCharacters(in: .newlines), schema: service.name)
        let rows = try await PostgresPool(role).query(
          "SELECT version FROM schema_migrations ORDER BY version")
        #expect(!rows.isEmpty)
      }

      // There is an operator, whose password nobody chose and only its owner reads.
      let seeded = try platform.operator()
      let attributes = try FileManager.default.attributesOfItem(atPath: seeded.passwordPath)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      #expect(seeded.password.count == 32)
      let profile = try await seeded.logIn(platform.client()).profile()
      #expect(profile.email == PlatformOperator.email && profile.roles == ["operator"])

      // The broker tells where it is.
      _ = try KafkaBrokers.file(platform.brokerFile).resolve()

      // A killed process comes back at the same place.
      let port = await platform.port
      await platform.kill(.gateway)
      await #expect(throws: (any Error).self) { try await edge.send(.GET, "/readyz") }
      try await platform.start(.gateway)
      #expect(await platform.port == port)
      #expect(try await edge.send(.GET, "/readyz").status == 200)

      // So does the broker, at another address.
      await platform.kill(.broker)
      try await platform.start(.broker)
      _ = try KafkaBrokers.file(platform.brokerFile).resolve()

      // And PostgreSQL, with what was committed.
      await platform.kill(.postgres)
      try await platform.start(.postgres)
      let found = try await PostgresPool(database).query("SELECT FROM trading.schema_migrations")
      #expect(!found.isEmpty)
      return (ChildProcesses.running(in: folder).values, try await platform.database().host)
    }
    #expect(!processIDs.contains(where: ChildProcesses.isRunning))
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(!FileManager.default.fileExists(atPath: postgresFolder))
  }

  @Test func saysWhichPortIsTaken() async throws {
    let port = try await PostgresServer.shared().port
    var options = try Platform.Options.temporary()
    options.gatewayPort = port
    #expect(await Self.failure(options).contains("port \(port) is taken"))
    #expect(await Self.failure(options).contains("another with --port"))
    options.gatewayPort = nil
    options.postgresPort = port
    #expect(await Self.failure(options).contains("another with --postgres-port"))
    try? FileManager.default.removeItem(atPath: options.folder)
  }

  @Test func saysWhatIsMissing() async throws {
    var options = try Platform.Options.temporary()
    options.programsFolder = "/nowhere"
    #expect(await Self.failure(options).contains("make build"))
    options.programsFolder = Program.folder
    options.barsPath = "/nowhere/bars.csv.gz"
    #expect(await Self.failure(options).contains("/nowhere/bars.csv.gz"))
    try? FileManager.default.removeItem(atPath: options.folder)
  }

  @Test func refusesAFolderThatIsInUse() async throws {
    let options = try Platform.Options.temporary()
    let lock = try #require(try FolderLock(folder: options.folder))
    #expect(await Self.failure(options).contains("another platform runs on \(options.folder)"))
    withExtendedLifetime(lock) {}
    try? FileManager.default.removeItem(atPath: options.folder)
  }

  @Test func aServiceWithAWrongSettingIsNamed() async throws {
    var options = try Platform.Options.temporary()
    options.environment[.trading] = ["TRADING_LISTEN_PORT": "no port"]
    let failure = await Self.failure(options)
    #expect(failure.contains("TRADING_LISTEN_PORT"))
    // What had been started is gone, but for the logs that the error names.
    #expect(failure.contains("\(options.folder)/log/trading.log"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: options.folder) == ["log"])
    try? FileManager.default.removeItem(atPath: options.folder)
  }
}
