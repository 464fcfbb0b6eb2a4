import Foundation
import TestSupport
import Testing

@testable import DevTools

/// Whose PostgreSQL is started by another than root, which needs no other user.
@Suite struct PostgresUserTests {
  @Test func reachesItsOwnFolderWithoutBeingRoot() async throws {
    let folder = try TemporaryFolder()
    #expect(await PostgresUser.itself.canWrite(folder.path))
    #expect(await !PostgresUser.itself.canWrite("\(folder.path)/missing"))
  }

  /// Its programs are run by their paths; root's are run by `setpriv`, which is a name.
  @Test func runsTheProgramThatMakesItsData() async throws {
    let folder = try TemporaryFolder()
    let launcher = PostgresLauncher(
      binaries: PostgresBinaries(initdb: "/bin/false", postgres: "/bin/false"), user: .itself,
      folders: PostgresFolders(root: folder.path, socket: folder.path),
      options: PrivatePostgres.Options(folder: folder.path))
    let error = await #expect(throws: PrivatePostgresError.self) {
      try await launcher.initializeIfNeeded()
    }
    guard case .initializationFailed = error else {
      Issue.record("/bin/false has not been run: \(String(describing: error))")
      return
    }
  }
}
