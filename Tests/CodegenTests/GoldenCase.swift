import CodegenCore
import Foundation
import ProtobufC
import Testing

/// A folder of Golden: one idea of the generator, what it is given and what it must answer.
struct GoldenCase: CustomTestStringConvertible, Sendable {
  /// The folder with all cases.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  /// The cases, by name.
  static let all: [GoldenCase] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: root.path())
    return (names ?? []).filter { !$0.hasPrefix(".") }.sorted().map(GoldenCase.init)
  }()

  let name: String

  var testDescription: String { name }

  /// What protoc hands over for the case's input.proto.
  func request() throws -> CodeGeneratorRequest {
    let bytes = try Data(contentsOf: folder.appending(path: "input.binpb"))
    return try CodeGeneratorRequest(serialized: [UInt8](bytes))
  }

  /// What the case asks for: the output after which it is named, or else what programs are made of.
  var outputs: [Parameters.Output] {
    if name.hasPrefix("tests_") { return [.tests] }
    if name.hasPrefix("descriptors_") { return [.descriptors] }
    let documents: [Parameters.Output] = [.openapi, .access, .policies, .topics]
    return documents.first { name.hasPrefix("document_\($0.rawValue)_") }.map { [$0] }
      ?? [.contracts, .routes, .registry]
  }

  /// What the generator answers, by path below `expected`.
  func generated() throws -> [String: String] {
    var files: [String: String] = [:]
    for output in outputs {
      var request = try request()
      request.parameter += ",outputs=\(output.rawValue)"
      let response = Generator.respond(to: request)
      if let error = response.error {
        files["error.txt"] = error + "\n"
      } else if ![.routes, .registry].contains(output) || response.files.count > 1 {
        // Without a route or a service there is nothing but the empty list of all. The folder of a module is left
        // away where there is only one.
        let folders = Set(response.files.map { $0.name.split(separator: "/").first })
        for file in response.files {
          let parts = file.name.split(separator: "/")
          let name = (folders.count > 1 && output == .contracts ? parts : parts.suffix(1))
            .joined(separator: "/")
          files["\(output.rawValue)/\(name)"] = file.content
        }
      }
    }
    return files
  }

  /// What it is expected to answer.
  func expected() throws -> [String: String] {
    var files: [String: String] = [:]
    let paths = FileManager.default.enumerator(atPath: expectedFolder.path())
    for case let path as String in paths ?? .init()
    where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") })
      && path.contains(".")
    {
      files[path] = try String(contentsOf: expectedFolder.appending(path: path), encoding: .utf8)
    }
    return files
  }

  /// Makes what is generated what is expected.
  func update(to files: [String: String]) throws {
    for path in try expected().keys where files[path] == nil {
      try FileManager.default.removeItem(at: expectedFolder.appending(path: path))
    }
    for (path, text) in files {
      let file = expectedFolder.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      if (try? String(contentsOf: file, encoding: .utf8)) != text {
        try Data(text.utf8).write(to: file)
      }
    }
  }

  private var folder: URL { GoldenCase.root.appending(path: name) }
  private var expectedFolder: URL { folder.appending(path: "expected") }
}
