import RPC
import TestSupport
import Testing

@Suite struct Base64Tests {
  /// RFC 4648, 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
    ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func publishedVectors(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
    let padded = encoded + String(repeating: "=", count: (4 - encoded.count % 4) % 4)
    #expect(Base64.decode(padded.utf8) == Array(plain.utf8))
  }

  @Test func anyBytesComeBack() {
    var random = SeededGenerator(seed: 0x6261_7365)
    for _ in 0..<500 {
      let count = Int.random(in: 0..<100, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
    }
  }

  @Test(arguments: ["A", "AAAAA", "A===", "AA=A", "AA=", "AAA==", "====", "A*AA", "AAAA====", "ü"])
  func refuses(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }
}
