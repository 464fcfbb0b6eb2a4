import Protobuf
import TestSupport
import Testing
import TestingContract

/// JSON is read and written a word at a time: nothing may depend on where in a word something stands.
@Suite struct JSONWordsTests {
  private typealias Scalars = TestingV1.Scalars

  @Test(arguments: 0...25)
  func `a character that needs an escape is escaped wherever it stands`(count: Int) throws {
    for position in 0...count {
      for character in ["\"", "\\", "\n", "\u{1f}", "\u{0}", "é", "\u{7f}", "🦔"] {
        let text =
          String(repeating: "a", count: position) + character
          + String(repeating: "b", count: count - position)
        let message = Scalars.with { $0.stringValue = text }
        let json = message.jsonString()
        let escaped: [String: String] = [
          "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\u{1f}": "\\u001f", "\u{0}": "\\u0000",
        ]
        let expected = text.unicodeScalars.map { escaped[String($0)] ?? String($0) }.joined()
        #expect(json == "{\"stringValue\":\"\(expected)\"}")
        #expect(try Scalars(json: json) == message)
      }
    }
  }

  @Test func `integers of every length are written as Swift prints them`() throws {
    var values: [Int64] = [0, .min, .max]
    var power: Int64 = 1
    for _ in 0..<19 {
      values += [power - 1, power, power + 1, -power, 1 - power, power &* 9]
      power &*= 10
    }
    for value in values {
      let message = TestingV1.Collections.with { $0.loose = [value] }
      #expect(message.jsonString() == "{\"loose\":[\"\(value)\"]}")
      #expect(try TestingV1.Collections(json: message.json()) == message)
      #expect(try TestingV1.Collections(json: "{\"loose\":[\(value)]}") == message)
      let unsigned = Scalars.with { $0.uint64Value = UInt64(bitPattern: value) }
      #expect(try Scalars(json: unsigned.json()) == unsigned)
    }
    #expect(Scalars.with { $0.uint64Value = .max }.jsonString().contains("\"\(UInt64.max)\""))
    #expect(Scalars.with { $0.int32Value = .min }.jsonString() == "{\"int32Value\":-2147483648}")
  }

  @Test(arguments: [
    "0", "-0", "0.0", "-0.0", "0.1", "-0.1", "0.25", "1.5", "100000.05", "123456.789", "3.14159",
    "9007199254740991", "9007199254740992", "9007199254740993", "4503599627370496.5",
    "4503599627370497.5", "0.30000000000000004", "1234567890.1234567890", "999999999.9999999999",
    "0.0000000001", "0.00000000001", "1e23", "1.5e300", "2.2250738585072014e-308", "5e-324",
    "123456789012345678901234567890", "0.1234567890123456789", "16777217", "16777216.5",
    "8388607.5", "8388609.5", "33554433", "1e10", "1E-5", "12345678901234567.25",
  ])
  func `floating-point numbers are read as Swift reads them`(text: String) throws {
    for (text, end) in [(text, "}"), (text, " }"), (text, ",\"boolValue\":true}")] {
      let double = try Scalars(json: "{\"doubleValue\":\(text)\(end)").doubleValue
      #expect(double.bitPattern == Double(text)?.bitPattern, "\(text)")
      guard let expected = Float(text), expected.isFinite else { continue }
      let float = try Scalars(json: "{\"floatValue\":\(text)\(end)").floatValue
      #expect(float.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  @Test func `random decimals are read as Swift reads them`() throws {
    var generator = SeededGenerator(seed: 19)
    for _ in 0..<20_000 {
      let digits = UInt64.random(in: 0...UInt64(1) << UInt64.random(in: 1...63), using: &generator)
      let scale = Int.random(in: 0...12, using: &generator)
      var text = String(digits)
      if scale > 0 {
        text = String(repeating: "0", count: max(0, scale + 1 - text.count)) + text
        text.insert(".", at: text.index(text.endIndex, offsetBy: -scale))
      }
      let message = try Scalars(json: "{\"doubleValue\":\(text),\"floatValue\":\(text) }")
      #expect(message.doubleValue.bitPattern == Double(text)?.bitPattern, "\(text)")
      #expect(message.floatValue.bitPattern == Float(text)?.bitPattern, "\(text)")
    }
  }

  @Test(arguments: [
    "01", "-01", "1.", ".5", "-", "1.e5", "1e", "00", "+1", "1.5.5", "1-", "--1", "0x10",
  ])
  func `what is no number is refused`(text: String) {
    #expect(jsonError(Scalars.self, "{\"doubleValue\":\(text)}") != nil)
    #expect(jsonError(Scalars.self, "{\"int64Value\":\(text)}") != nil)
    #expect(jsonError(Scalars.self, "{\"int64Value\":\"\(text)\"}") != nil)
  }

  @Test func `fields are found in any order, by either name, with blanks anywhere`() throws {
    let full = Scalars.with {
      $0.int32Value = 1
      $0.int64Value = 2
      $0.uint32Value = 3
      $0.boolValue = true
      $0.stringValue = "s"
      $0.side = .buy
    }
    let members = [
      ("int32Value", "int32_value", "1"), ("int64Value", "int64_value", "\"2\""),
      ("uint32Value", "uint32_value", "3"), ("boolValue", "bool_value", "true"),
      ("stringValue", "string_value", "\"s\""), ("side", "side", "\"BUY\""),
    ]
    var generator = MessageGenerator(seed: 18)
    for _ in 0..<200 {
      let blanks = ["", " ", "\n  ", "\t\r\n"]
      func blank() -> String { blanks[Int.random(in: 0..<4, using: &generator.random)] }
      let texts = members.shuffled(using: &generator.random).map { json, proto, value in
        let name = Bool.random(using: &generator.random) ? json : proto
        return "\(blank())\"\(name)\"\(blank()):\(blank())\(value)\(blank())"
      }
      #expect(try Scalars(json: "{" + texts.joined(separator: ",") + "}") == full)
    }
  }

  @Test func `a name that only begins like a field is unknown`() {
    for name in ["sid", "sides", "side\\u0000", "", "int32Valu", "int32Value ", "INT32VALUE"] {
      let error = jsonError(Scalars.self, "{\"\(name)\":1,\"boolValue\":true}")
      #expect(error?.rule == .unknownField, "\(name)")
    }
    #expect(jsonError(Scalars.self, "{\"\\u0073ide\":\"BUY\"}") == nil)
    #expect(
      jsonError(Scalars.self, "{\"side\":\"BUY\", \"side\":  \"BUY\"}")?.description
        == "side: set twice, found \"BUY\"")
  }
}
