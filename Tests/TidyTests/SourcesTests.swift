import Testing

/// Habits of the sources.
@Suite struct SourcesTests {
  /// Files that are one idea and longer than the limit, each with its reason.
  static let longFiles = [
    "Tests/GatewayTests/WebSocket/WebSocketTests.swift":
      "one conversation of the protocol a test, read in order"
  ]

  static let maximumLines = 400

  static var handWritten: [String] {
    Repository.files(endings: [".swift", ".c", ".h"]).filter { path in
      !Repository.generatedFolders.contains { path.hasPrefix("\($0)/") }
        && !path.contains("/Golden/") && !path.hasPrefix("codegen/Sources/CDescriptor/")
    }
  }

  @Test func filesAreShort() throws {
    for file in Self.handWritten where Self.longFiles[file] == nil {
      let lines = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        .count
      #expect(lines <= Self.maximumLines, "\(file) has \(lines) lines: one idea a file")
    }
    for file in Self.longFiles.keys {
      #expect(Repository.exists(file), "\(file) is gone: take it off the list")
    }
  }

  @Test func nothingIsLeftForLater() throws {
    // Put together here, so that this file does not find itself.
    let banned: Set<String> = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    for file in Self.handWritten {
      // Words, not letters: a Base64 text may well contain them.
      let words = Set(try Repository.text(file).split { !$0.isLetter }.map(String.init))
      #expect(words.isDisjoint(with: banned), "\(file) leaves something for later")
    }
  }

  @Test("tests that start platforms are those that the Makefile runs a few at once")
  func platformTestsAreNamed() throws {
    let makefile = try Repository.text("Makefile")
    let named = try #require(makefile.firstMatch(of: /(?m)^PLATFORM_TESTS := (.+)$/)).output.1
    let starting = try Repository.folders(in: "Tests").filter { name in
      let files = Repository.files(under: "Tests/\(name)", endings: [".swift"])
      let tests = Repository.Module(name: name, folder: "Tests/\(name)", files: files)
      return try name.hasSuffix("Tests") && tests.imports().contains { $0.module == "DevPlatform" }
    }
    #expect(named.split(separator: "|").map(String.init).sorted() == starting.sorted())
  }

  @Test("what may stop the process is not used for what may happen")
  func noTraps() throws {
    let banned = ["try" + "!", "as" + "!", "fatal" + "Error("]
    for file in Self.handWritten where file.hasSuffix(".swift") {
      let text = try Repository.text(file)
      for word in banned {
        #expect(!text.contains(word), "\(file) uses \(word)")
      }
    }
  }
}
