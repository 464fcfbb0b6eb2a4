import Testing

/// What must be written down, and found.
@Suite struct DocumentsTests {
  @Test(arguments: [
    "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "protos/README.md",
    "codegen/README.md", "gateway/README.md", "deploy/dev/data/README.md",
  ])
  func documentExists(path: String) {
    #expect(Repository.exists(path))
  }

  @Test("every service says what it owns", arguments: Repository.services())
  func serviceHasReadme(service: String) {
    #expect(Repository.exists("Sources/Services/\(service)/README.md"))
  }

  @Test func everyLinkLeadsSomewhere() throws {
    for document in Repository.files(endings: [".md"]) where !document.hasPrefix("protos/google/") {
      for target in links(in: try Repository.text(document)) where !target.contains("://") {
        let path = target.prefix { $0 != "#" }
        guard !path.isEmpty else { continue }
        let folder = document.split(separator: "/").dropLast().joined(separator: "/")
        let resolved = folder.isEmpty ? String(path) : "\(folder)/\(path)"
        #expect(Repository.exists(resolved), "\(document) links to \(target), which is not there")
      }
    }
  }

  @Test func everyDocumentIsLinked() throws {
    // What a golden case expects is no document of the repository.
    let documents = Repository.files(endings: [".md"]).filter { !$0.contains("/Golden/") }
    var linked: Set<String> = ["README.md"]
    for document in documents {
      let folder = document.split(separator: "/").dropLast().map(String.init)
      for target in links(in: try Repository.text(document)) where !target.contains("://") {
        linked.insert(
          normalized(folder + target.prefix { $0 != "#" }.split(separator: "/").map(String.init)))
      }
    }
    for document in documents where !linked.contains(document) {
      let folder = document.split(separator: "/").dropLast().joined(separator: "/")
      #expect(linked.contains(folder), "nothing links to \(document)")
    }
  }

  @Test("every migration is in its service's list", arguments: Repository.services())
  func migrationsAreListed(service: String) throws {
    let folder = "Sources/Services/\(service)/Service"
    let source = try Repository.files(under: folder, endings: [".swift"]).map(Repository.text)
      .joined()
    for file in Repository.files(under: folder, endings: [".sql"]) {
      let name = file.split(separator: "/").last.map(String.init) ?? file
      let symbol = name.replacing(".", with: "_")
      #expect(source.contains(symbol), "\(file) is in no list of migrations")
      #expect(name.hasPrefix("V"), "\(file): migrations are named V0001__what_it_does.sql")
    }
  }

  @Test("the guide to a new RPC shows what the proof writes")
  func guideShowsTheProof() throws {
    let folder = "Tests/Proof/change"
    let written = try Repository.files(under: folder, endings: [".proto.in", ".swift"])
      .map { lines(of: try Repository.text($0)).joined(separator: "\n") }
    #expect(!written.isEmpty)
    let blocks = try Repository.text("docs/adding-an-rpc.md")
      .matches(of: /```(?:proto|swift)\n([\s\S]*?)```/).map { String($0.1) }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let text = lines(of: block).joined(separator: "\n")
      #expect(written.contains { $0.contains(text) }, "not in \(folder):\n\(block)")
    }
  }

  @Test("the article on interceptors shows what is tested")
  func articleShowsTheExamples() throws {
    let written = lines(of: try Repository.text("Tests/RPCTests/InterceptorExamples.swift"))
      .joined(separator: "\n")
    let blocks = try Repository.text("Sources/Runtime/RPC/RPC.docc/WritingAnInterceptor.md")
      .matches(of: /```swift\n([\s\S]*?)```/).map { String($0.1) }
    #expect(blocks.count >= 4)
    for block in blocks {
      #expect(
        written.contains(lines(of: block).joined(separator: "\n")), "not in the examples:\n\(block)"
      )
    }
  }

  /// The lines of a text, without their indentation and without empty ones.
  private func lines(of text: String) -> [Substring] {
    text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
  }

  private func links(in text: String) -> [String] {
    text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
  }

  private func normalized(_ parts: [String]) -> String {
    var path: [String] = []
    for part in parts where part != "." {
      if part == ".." { _ = path.popLast() } else { path.append(part) }
    }
    return path.joined(separator: "/")
  }
}
