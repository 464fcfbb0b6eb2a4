import Foundation
import TestSupport
import Testing

/// Every rule by which the generator refuses a contract has a golden case.
@Suite struct RefusalsTests {
  /// Rules that no contract of this protoc can break.
  static let unreachable = [
    "an option cannot be read (": "protoc writes options as they are declared"
  ]

  @Test func everyRefusalHasAGolden() throws {
    let errors = try GoldenCase.all.compactMap { try $0.expected()["error.txt"] }.joined()
    let rules = try Self.rules()
    #expect(rules.count > 30)
    for rule in rules where Self.unreachable[rule.words] == nil {
      #expect(
        errors.contains(rule.words),
        "no golden is refused by \"\(rule.words)\" of \(rule.file): add Golden/refused_…")
    }
    for words in Self.unreachable.keys {
      #expect(rules.contains { $0.words == words }, "\"\(words)\" is gone: take it off the list")
    }
  }

  /// The longest constant part of the sentence in each `report(…)`.
  private static func rules() throws -> [(words: String, file: String)] {
    let folder = "\(PythonPeer.repository)/codegen/Sources/CodegenCore/Model"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try files.flatMap { file in
      let source = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      return source.matches(of: /diagnostics\.report\(|rule: \{/).compactMap { match in
        let words = constantParts(ofFirstLiteralIn: source[match.range.upperBound...])
        return words.max { $0.count < $1.count }.map { ($0, file) }
      }
    }
  }

  /// The parts of the first string literal between its interpolations.
  private static func constantParts(ofFirstLiteralIn source: Substring) -> [String] {
    guard let start = source.firstIndex(of: "\"") else { return [] }
    var parts = [""]
    var rest = source[source.index(after: start)...]
    while let character = rest.popFirst(), character != "\"" {
      guard character == "\\", let escaped = rest.popFirst() else {
        parts[parts.count - 1].append(character)
        continue
      }
      guard escaped == "(" else {
        parts[parts.count - 1].append(escaped)
        continue
      }
      var depth = 1
      while depth > 0, let inner = rest.popFirst() {
        depth += inner == "(" ? 1 : inner == ")" ? -1 : 0
      }
      parts.append("")
    }
    return parts
  }
}
