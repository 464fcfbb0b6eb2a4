import Foundation
import TestSupport
import Testing

@testable import CodegenCore

/// How the JSON of documents is written.
@Suite struct JSONNodeTests {
  @Test func plainValuesStandOnOneLine() {
    let node: JSONNode = [
      "names": ["a", "b"], "empty": .object([]), "flag": true, "nested": ["inner": ["x": 1]],
    ]
    #expect(
      node.document == """
        {
          "names": ["a", "b"],
          "empty": {},
          "flag": true,
          "nested": {
            "inner": {"x": 1}
          }
        }

        """)
  }

  @Test func whatIsTooLongIsBroken() {
    let words = (0..<30).map { JSONNode.text("word\($0)") }
    let lines = JSONNode.array(words).document.split(separator: "\n")
    #expect(lines.count == words.count + 2)
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test("members keep their order; a second value replaces, nil takes away")
  func members() {
    var node: JSONNode = ["z": 1, "a": 2]
    node["z"] = 3
    node["m"] = 4
    node["a"] = nil
    node["none"] = nil
    #expect(node == ["z": 3, "m": 4])
    #expect(node.adding(["z": 5, "b": 6]) == ["z": 5, "m": 4, "b": 6])
    #expect(JSONNode.sorted(["b": 1, "a": 2]) == ["a": 2, "b": 1])
    #expect(node["x"] == nil)
  }

  @Test("any text survives a reader that is not ours", arguments: UInt64(0)..<200)
  func textsAreEscaped(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let scalars = (0..<40).compactMap { _ in
      Unicode.Scalar(UInt32.random(in: seed < 100 ? 0...0x7F : 0...0x1_FFFF, using: &generator))
    }
    let text = String(String.UnicodeScalarView(scalars))
    let written = JSONNode.array([.text(text), .number("1.50"), .integer(-7)]).document
    let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [Any]
    let string = try #require(read?[0] as? String)
    #expect(string.unicodeScalars.elementsEqual(text.unicodeScalars), "\(written)")
    #expect(read?[1] as? Double == 1.5)
    #expect(read?[2] as? Int == -7)
  }
}
