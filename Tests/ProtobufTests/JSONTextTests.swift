import Protobuf
import Testing
import TestingContract

@Suite struct JSONTextTests {
  typealias Scalars = TestingV1.Scalars

  @Test(arguments: [
    (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0c}\n\r\t"),
    (#""\u0041\u00e9\u65e5""#, "Aé日"), (#""\ud83e\udd94""#, "🦔"), (#""\uD83E\uDD94!""#, "🦔!"),
    (#""\u0000""#, "\u{0}"), (#""é日🦔""#, "é日🦔"), (#""a\u0062c\n""#, "abc\n"),
    (#""\udbff\udfff""#, "\u{10ffff}"), ("\"\u{7f}\"", "\u{7f}"), (#""\\u0041""#, #"\u0041"#),
  ])
  func `reads strings with and without escapes`(text: String, value: String) throws {
    #expect(try Scalars(json: #"{"stringValue":\#(text)}"#).stringValue == value)
  }

  @Test(arguments: [
    #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83e""#, #""\ud83ex""#, #""\ud83e\n""#,
    #""\udd94""#, #""\ud83e\u0041""#, #""\ud83e\ud83e""#, #""\u+123""#, #""\U0041""#,
  ])
  func `refuses broken escapes and halves of pairs`(text: String) {
    let error = jsonError(Scalars.self, #"{"stringValue":\#(text)}"#)
    #expect(error?.rule == .invalidEscape)
    #expect(error?.path == "stringValue")
  }

  @Test(arguments: ["\"a", "\"a\\", "\"a\\\"", "\"a\nb\"", "\"a\u{0}\"", "\"\\n\u{1f}\"", "\""])
  func `refuses strings that do not end or hold control characters`(text: String) {
    let error = jsonError(Scalars.self, #"{"stringValue":\#(text)"#)
    #expect(error?.rule == .syntax(expected: "the rest of a string"))
  }

  @Test func `refuses bytes that are not UTF-8, also in what it skips`() {
    let options = JSONDecodingOptions(ignoreUnknownFields: true)
    for name in ["stringValue", "other"] {
      let bytes = Array("{\"\(name)\":\"".utf8) + [0xff] + Array("\"}".utf8)
      #expect(throws: JSONDecodingError.self) { try Scalars(json: bytes, options: options) }
    }
    let cut = Array("{\"stringValue\":\"".utf8) + [0xe2, 0x82] + Array("\"}".utf8)
    let escaped = Array("{\"stringValue\":\"\\n".utf8) + [0xc3] + Array("\"}".utf8)
    for bytes in [cut, escaped] {
      do throws(JSONDecodingError) {
        _ = try Scalars(json: bytes)
        Issue.record("read")
      } catch {
        #expect(error.rule == .invalidUTF8)
      }
    }
  }

  @Test func `escapes what JSON demands and nothing else`() throws {
    let text = String(String.UnicodeScalarView((0...0x7f).compactMap(Unicode.Scalar.init))) + "é🦔</"
    let message = Scalars.with { $0.stringValue = text }
    let json = message.jsonString()
    #expect(json.contains(#"\u0000\u0001"#))
    #expect(json.contains(#"\b\t\n\u000b\f\r\u000e"#))
    #expect(json.contains(##"\u001f !\"#$%"##))
    #expect(json.contains(#"[\\]"#))
    #expect(json.contains("é🦔</"))
    #expect(try Scalars(json: json) == message)
  }

  @Test func `a long text grows the buffer`() throws {
    for unit in ["a", "\"", "\u{1}", "🦔"] {
      let message = Scalars.with { $0.stringValue = String(repeating: unit, count: 10_000) }
      #expect(try Scalars(json: message.json()) == message)
    }
  }
}
