import DevTools
import Foundation
import TestSupport
import Testing

/// Ports and folders that one process has at a time.
@Suite struct LoopbackPortTests {
  @Test func aPortWithAListenerIsTaken() async throws {
    let server = try await PostgresServer.shared()
    #expect(!LoopbackPort.isFree(server.port))
  }

  @Test func aFreePortIsFree() throws {
    // Others choose ports too, so one attempt of several must do.
    let isFree = try (0..<20).contains { _ in LoopbackPort.isFree(try LoopbackPort.free()) }
    #expect(isFree)
  }
}

@Suite struct FolderLockTests {
  @Test func oneHolderAtATime() throws {
    let folder = try TemporaryFolder()
    do {
      let lock = try #require(try FolderLock(folder: folder.path))
      #expect(try FolderLock(folder: folder.path) == nil)
      withExtendedLifetime(lock) {}
    }
    #expect(try FolderLock(folder: folder.path) != nil)
  }

  @Test func makesTheFolder() throws {
    let folder = try TemporaryFolder()
    #expect(try FolderLock(folder: "\(folder.path)/a/b") != nil)
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/a/b"))
  }
}
