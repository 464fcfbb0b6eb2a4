import Protobuf
import TestSupport
import Testing
import TestingContract

@Suite struct Base64Tests {
  typealias Scalars = TestingV1.Scalars

  // RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `agrees with the RFC's vectors`(text: String, encoded: String) throws {
    let message = Scalars.with { $0.bytesValue = Array(text.utf8) }
    #expect(message.jsonString() == (text.isEmpty ? "{}" : #"{"bytesValue":"\#(encoded)"}"#))
    let unpadded = encoded.filter { $0 != "=" }
    for form in [encoded, unpadded] {
      #expect(try Scalars(json: #"{"bytesValue":"\#(form)"}"#) == message)
    }
  }

  @Test func `reads both alphabets, prints the first`() throws {
    let bytes: [UInt8] = [0xfb, 0xff, 0xbf, 0xfe]
    for form in ["+/+//g==", "-_-__g==", "-_-__g", "+/-__g"] {
      #expect(try Scalars(json: #"{"bytesValue":"\#(form)"}"#).bytesValue == bytes)
    }
    #expect(Scalars.with { $0.bytesValue = bytes }.jsonString() == #"{"bytesValue":"+/+//g=="}"#)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
    ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func `prints without padding where it is asked to`(text: String, encoded: String) {
    #expect(Base64.encodeUnpadded(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
  }

  @Test func `any bytes come back`() {
    var random = SeededGenerator(seed: 0x6261_7365)
    for _ in 0..<500 {
      let count = Int.random(in: 0..<100, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encodeUnpadded(bytes).utf8) == bytes)
    }
  }

  @Test(arguments: ["Z", "Zg=", "Zg===", "=", "Zm9v=", "Z g=", "Zm9v\\n", "Zm9!", "Zg==Zg==", "é"])
  func `refuses what is not base64`(text: String) {
    #expect(jsonError(Scalars.self, #"{"bytesValue":"\#(text)"}"#)?.rule == .invalidBase64)
  }
}
