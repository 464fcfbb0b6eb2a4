import Foundation

/// The checkout this test was built from, read as text.
struct Repository {
  /// The folder that holds Package.swift.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// One Swift module: a name and the folder of its sources.
  struct Module {
    let name: String
    let folder: String
    let files: [String]

    /// The modules its files import, with the access level written before `import`.
    func imports() throws -> [(module: String, access: String, file: String)] {
      try files.flatMap { file in
        try Repository.text(file).split(separator: "\n").compactMap { line in
          var words = line.split(separator: " ").map(String.init)
          words.removeAll { $0.hasPrefix("@") }
          guard let position = words.firstIndex(of: "import"), position <= 1 else { return nil }
          let access = position == 1 ? words[0] : ""
          guard position == 0 || ["public", "package", "internal", "private"].contains(access),
            let module = words.dropFirst(position + 1).last
          else { return nil }
          return (String(module.prefix { $0 != "." }), access, file)
        }
      }
    }
  }

  /// The paths of all tracked or trackable files with one of the endings, relative to the root.
  static func files(under folder: String = "", endings: [String]) -> [String] {
    let base = folder.isEmpty ? root : root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
    var found: [String] = []
    while let path = walk.nextObject() as? String {
      let name = path.split(separator: "/").last ?? ""
      if name.hasPrefix(".build") || [".dev", ".up", ".git"].contains(name) {
        // Hundreds of thousands of files.
        walk.skipDescendants()
      } else if endings.contains(where: path.hasSuffix) {
        found.append(folder.isEmpty ? path : "\(folder)/\(path)")
      }
    }
    return found.sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// The names of the folders directly in a folder.
  static func folders(in folder: String) -> [String] {
    let base = root.appending(path: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: base.path)) ?? []
    return names.sorted().filter { name in
      base.appending(path: name).isFolder
    }
  }

  /// Every Swift module of the package outside the tests.
  static func modules() -> [Module] {
    var named: [(String, String)] = [("Core", "Sources/Core")]
    for parent in ["Sources/Runtime", "Sources/Bindings", "gateway/Sources", "codegen/Sources"] {
      named += folders(in: parent).map { ($0, "\(parent)/\($0)") }
    }
    for contract in folders(in: "Sources/Contracts") {
      let isPlatform = exists("Sources/Contracts/\(contract)") && contract != "GoogleRPC"
      named.append((isPlatform ? "\(contract)Contract" : contract, "Sources/Contracts/\(contract)"))
    }
    for service in services() {
      for part in folders(in: "Sources/Services/\(service)") {
        named.append(("\(service)\(part)", "Sources/Services/\(service)/\(part)"))
      }
    }
    return named.map { name, folder in
      Module(name: name, folder: folder, files: files(under: folder, endings: [".swift"]))
    }
  }

  /// The folders of which every file is generated.
  static let generatedFolders = [
    "Sources/Contracts", "Sources/ContractRegistry", "gateway/Sources/GatewayRoutes",
    "Tests/ContractTests/Generated", "Tests/TestingContractRegistry",
    "Tests/Conformance/ConformanceMessages",
  ]

  static func services() -> [String] { folders(in: "Sources/Services") }
}

extension URL {
  /// Whether it names a folder that is there.
  fileprivate var isFolder: Bool {
    (try? resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
  }
}
