import DevTools
import Foundation
import TestSupport
import Testing

@Suite struct PrivatePostgresTests {
  @Test(.timeLimit(.minutes(5)))
  func startsSurvivesAKillAndLeavesNothingBehind() async throws {
    let server = try await PostgresServer.startPrivate()
    let socket = "\(server.socketFolder)/.s.PGSQL.\(server.port)"
    #expect(FileManager.default.fileExists(atPath: socket))

    await server.kill()
    try await server.restart()
    #expect(FileManager.default.fileExists(atPath: socket))

    await server.stop()
    #expect(!FileManager.default.fileExists(atPath: server.folder))
    #expect(!FileManager.default.fileExists(atPath: server.socketFolder))
  }

  @Test(.timeLimit(.minutes(5)))
  func keepsItsDataWhereItsUserCannotReachTheFolder() async throws {
    let parent = try TemporaryFolder(permissions: 0o700)
    var options = PrivatePostgres.Options(
      folder: "\(parent.path)/postgres", waitsForDisk: false, isTemporary: true)
    let first = try await PrivatePostgres.start(options)
    let isRoot = geteuid() == 0
    #expect(first.folder.hasPrefix(parent.path) == !isRoot)
    await first.stop()

    options.isTemporary = false
    let kept = try await PrivatePostgres.start(options)
    await kept.stop()
    #expect(kept.folder == first.folder)
    #expect(FileManager.default.fileExists(atPath: "\(kept.folder)/data/PG_VERSION"))
    try FileManager.default.removeItem(atPath: kept.folder)
  }

  @Test(.timeLimit(.minutes(5)))
  func saysWhichPortIsTaken() async throws {
    let server = try await PostgresServer.startPrivate()
    let folder = try TemporaryFolder(permissions: 0o755)
    await #expect {
      _ = try await PrivatePostgres.start(
        PrivatePostgres.Options(
          folder: "\(folder.path)/postgres", port: server.port, waitsForDisk: false,
          isTemporary: true))
    } throws: {
      "\($0)".hasPrefix("port \(server.port) is taken: stop what listens there")
    }
    await server.stop()
  }

  @Test(.timeLimit(.minutes(5)))
  func refusesAFolderInUse() async throws {
    let server = try await PostgresServer.startPrivate()
    var options = PrivatePostgres.Options(folder: server.folder, waitsForDisk: false)
    options.lockTimeout = .milliseconds(300)
    await #expect {
      _ = try await PrivatePostgres.start(options)
    } throws: {
      "\($0)".hasSuffix("runs on \(server.folder): stop it first")
    }
    await server.stop()
  }
}
