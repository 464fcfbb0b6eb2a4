import Protobuf
import Testing
import TestingContract

/// Texts are made from words of memory: they must be what the standard library makes.
@Suite struct TextTests {
  private typealias Scalars = TestingV1.Scalars

  /// ASCII, and the same with one scalar of two, three or four bytes at each end.
  static let texts: [String] = (0...40).flatMap { count in
    let ascii = String("0123456789abcdefghijklmnopqrstuvwxyzABCDEF".prefix(count))
    return [ascii, ascii + "é", "日" + ascii, ascii + "🦔", ascii + "\u{0}", ascii + "\u{7f}"]
  }

  @Test(arguments: texts)
  func `a text that was read is the text that was written`(text: String) throws {
    let expected = String(decoding: Array(text.utf8), as: UTF8.self)
    // At the end of the memory, and with more behind it.
    for rest in [[], field(15, Array(repeating: 0xff, count: 20)), hex("40 01")] {
      let bytes = field(14, Array(text.utf8)) + rest
      check(try Scalars(serialized: bytes).stringValue, expected)
    }
    let json = Scalars.with { $0.stringValue = text }.json()
    check(try Scalars(json: json).stringValue, expected)
  }

  private func check(_ text: String, _ expected: String) {
    #expect(text == expected)
    #expect(text.hashValue == expected.hashValue)
    #expect(Array(text.utf8) == Array(expected.utf8))
    #expect(text.utf8.count == expected.utf8.count)
    #expect(Array(text) == Array(expected))
    #expect(text.uppercased() == expected.uppercased())
    #expect(!(text < expected) && !(expected < text))
    var longer = text
    longer += "-suffix"
    #expect(longer == expected + "-suffix")
    #expect(String(text.dropFirst()) == String(expected.dropFirst()))
    #expect([text: 1][expected] == 1)
  }

  @Test(arguments: 0...40)
  func `a byte that is not UTF-8 is found wherever it stands`(position: Int) {
    for count in (position + 1)...41 {
      var text = Array(repeating: UInt8(ascii: "a"), count: count)
      text[position] = 0x80
      #expect(binaryError(Scalars.self, field(14, text))?.rule == .invalidUTF8)
      #expect(binaryError(Scalars.self, field(14, text) + hex("40 01"))?.rule == .invalidUTF8)
    }
  }
}
