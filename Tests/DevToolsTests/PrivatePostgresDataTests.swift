import DevTools
import Foundation
import TestSupport
import Testing

/// Data from an earlier life of a folder.
@Suite struct PrivatePostgresDataTests {
  @Test func keepsItOrDiscardsItAsTold() async throws {
    let folder = try TemporaryFolder()
    var options = PrivatePostgres.Options(folder: "\(folder.path)/postgres", waitsForDisk: false)
    let first = try await PrivatePostgres.start(options)
    let mark = "\(first.folder)/data/mark"
    try Data().write(to: URL(filePath: mark))
    await first.stop()

    let second = try await PrivatePostgres.start(options)
    #expect(second.folder == first.folder)
    #expect(FileManager.default.fileExists(atPath: mark))
    await second.stop()

    options.discardsData = true
    options.isTemporary = true
    let third = try await PrivatePostgres.start(options)
    #expect(third.folder == first.folder)
    #expect(!FileManager.default.fileExists(atPath: mark))
    await third.stop()
  }
}
