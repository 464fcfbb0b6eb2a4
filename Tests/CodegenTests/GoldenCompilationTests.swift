import Foundation
import Subprocess
import SystemPackage
import Testing

/// What the generator writes for an accepted contract is Swift that compiles without a warning.
///
/// The files of all cases are one module, so that the compiler starts once.
@Suite struct GoldenCompilationTests {
  @Test func everyAcceptedCaseCompiles() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "goldens-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try sources()
    #expect(files.count > 40)
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    let result = try await Subprocess.run(
      .name("swiftc"),
      arguments: Arguments(
        ["-typecheck", "-parse-as-library", "-module-name", "Goldens", "-I", modules()]
          + Self.settings + files.keys.sorted()),
      workingDirectory: FilePath(folder.path()), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
  }

  /// The settings of Package.swift.
  private static let settings = [
    "-swift-version", "6", "-warnings-as-errors",
    "-enable-upcoming-feature", "ExistentialAny",
    "-enable-upcoming-feature", "InternalImportsByDefault",
    "-enable-upcoming-feature", "MemberImportVisibility",
    "-enable-upcoming-feature", "NonisolatedNonsendingByDefault",
  ]

  /// Where the build put the modules: beside the tests.
  private func modules() -> String {
    let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: "Modules").path()
  }

  /// The files of all accepted cases under names that differ.
  private func sources() throws -> [String: String] {
    var expected: [(name: String, text: String)] = []
    for golden in GoldenCase.all {
      for (path, text) in try golden.expected() where path.hasSuffix(".swift") {
        // Each case has its lists of all; that of kitchen_sink's routes is compiled as a target.
        let lists = ["AllRoutes.swift", "AllContracts.swift", "AllContracts+Descriptors.swift"]
        if lists.contains(where: { path.hasSuffix("/\($0)") }) { continue }
        // Compiled with the contract tests, which have what these are made of.
        if path.hasPrefix("tests/") { continue }
        let name = path.replacing("/", with: "_")
        expected.append(("\(golden.name)_\(name)", text))
      }
    }
    // Contracts of the cases are no modules of their own here.
    return Dictionary(
      uniqueKeysWithValues: expected.map { name, text in
        (name, text.replacing(/(?m)^(public )?import Golden\w+$/, with: ""))
      })
  }
}
