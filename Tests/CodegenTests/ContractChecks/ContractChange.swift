import Foundation
import Testing

/// One change of the library's contract, by replacing text of it.
struct ContractChange: Sendable, CustomTestStringConvertible {
  /// The contract that is changed, as a path below `Contracts`.
  static let file = "alphintra/library/v1/library_service.proto"

  /// The contract before any change.
  static let base: String = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Contracts/\(ContractChange.file)")
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }()

  let title: String
  /// What is replaced, each once, in this order.
  let edits: [(text: String, replacement: String)]
  /// Contracts beside the changed one, by path.
  let files: [String: String]

  init(
    _ title: String, _ edits: [(text: String, replacement: String)],
    files: [String: String] = [:]
  ) {
    self.title = title
    self.edits = edits
    self.files = files
  }

  init(_ title: String, _ text: String, _ replacement: String) {
    self.init(title, [(text, replacement)])
  }

  var testDescription: String { title }

  /// The changed contract with what stands beside it, by path.
  func contracts() throws -> [String: String] {
    var text = ContractChange.base
    for edit in edits {
      guard let range = text.range(of: edit.text) else {
        throw Failure.isNotThere(change: title, text: edit.text)
      }
      text.replaceSubrange(range, with: edit.replacement)
    }
    return files.merging([ContractChange.file: text]) { _, changed in changed }
  }

  /// The text between two others, the second left out.
  static func section(_ first: String, to last: String = "") -> String {
    guard let start = base.range(of: first)?.lowerBound else { return first }
    let rest = base[start...]
    return String(
      last.isEmpty ? rest : rest[..<(rest.range(of: last)?.lowerBound ?? rest.endIndex)])
  }

  enum Failure: Error {
    case isNotThere(change: String, text: String)
    case peer(String)
  }
}
