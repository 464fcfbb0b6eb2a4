import Testing

/// The invariants of ARCHITECTURE.md that the compiler does not see.
@Suite struct ArchitectureTests {
  @Test("a Domain imports Core and nothing else", arguments: Repository.services())
  func domainImportsOnlyCore(service: String) throws {
    let domain = try #require(Repository.modules().first { $0.name == "\(service)Domain" })
    #expect(!domain.files.isEmpty)
    for (module, _, file) in try domain.imports() {
      #expect(module == "Core", "\(file) imports \(module): pass what it needs as an argument")
    }
  }

  @Test func aCModuleHasOneOwner() throws {
    let cModules = Set(Repository.folders(in: "Sources/C"))
    var owners: [String: Set<String>] = [:]
    for module in Repository.modules() {
      for (imported, access, file) in try module.imports() where cModules.contains(imported) {
        owners[imported, default: []].insert(module.name)
        #expect(
          access == "internal" || access == "private",
          "\(file): write `internal import \(imported)`, so that no C type leaks")
      }
    }
    for cModule in cModules.sorted() {
      let names = owners[cModule, default: []].sorted()
      #expect(names.count == 1, "\(cModule) is imported by \(names): one module owns it")
    }
  }

  @Test func aServiceNeverImportsAnotherService() throws {
    let services = Repository.services()
    for module in Repository.modules() where module.folder.hasPrefix("Sources/Services/") {
      let own = services.first { module.name.hasPrefix($0) }
      for (imported, _, file) in try module.imports() {
        let other = services.first { imported == "\($0)Service" || imported == "\($0)Domain" }
        #expect(
          other == nil || other == own, "\(file) imports \(imported): call it by its contract")
      }
    }
  }

  @Test("what faces the network links neither the database nor the broker")
  func gatewayReachesNoDatabase() throws {
    let modules = Dictionary(uniqueKeysWithValues: Repository.modules().map { ($0.name, $0) })
    var reached: Set<String> = []
    var open = ["alphintra-gateway"]
    while let name = open.popLast() {
      guard let module = modules[name], reached.insert(name).inserted else { continue }
      open += try module.imports().map(\.module)
    }
    #expect(reached.isSuperset(of: ["RPC", "TLS"]))
    #expect(reached.isDisjoint(with: ["Postgres", "Kafka", "ServiceKit"]))
  }

  @Test("a contract is generated, whole")
  func contractsAreGenerated() throws {
    for folder in Repository.generatedFolders {
      let generated = Repository.files(under: folder, endings: [".swift"])
      #expect(!generated.isEmpty)
      for file in generated {
        let text = try Repository.text(file)
        #expect(
          text.hasPrefix("// swift-format-ignore-file\n") && text.contains("do not edit"),
          "\(file) does not say that it is generated")
      }
    }
  }

  @Test("money never touches binary floating point", arguments: Repository.services())
  func noFloatingPoint(service: String) throws {
    for file in Repository.files(under: "Sources/Services/\(service)", endings: [".swift", ".sql"])
    {
      let lines = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        let code = line.split(separator: /\/\/|--/, maxSplits: 1, omittingEmptySubsequences: false)[
          0]
        let words = Set(
          code.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map { $0.lowercased() })
        #expect(
          words.isDisjoint(with: ["double", "float", "real", "float4", "float8"]),
          "\(file):\(number + 1): use Decimal")
      }
    }
  }
}
