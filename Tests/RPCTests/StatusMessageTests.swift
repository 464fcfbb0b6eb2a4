import RPC
import TestSupport
import Testing

@Suite struct StatusMessageTests {
  @Test(arguments: [
    ("plain text", "plain text"),
    ("100 %", "100 %25"),
    ("tab\tline\r\n", "tab%09line%0D%0A"),
    ("ü🙂", "%C3%BC%F0%9F%99%82"),
    ("", ""),
  ])
  func encodesAndDecodes(message: String, encoded: String) {
    #expect(StatusMessage.encode(message) == encoded)
    #expect(StatusMessage.decode(encoded) == message)
  }

  @Test("what is not an escape is kept, as the specification asks")
  func decodesLeniently() {
    #expect(StatusMessage.decode("50% %zz %4") == "50% %zz %4")
    #expect(StatusMessage.decode("%41%c3%BC") == "Aü")
    #expect(StatusMessage.decode("%FF") == "\u{FFFD}")
  }

  @Test func anyTextComesBackAndTravels() {
    var random = SeededGenerator(seed: 0x7465_7874)
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<20, using: &random) {
        if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random)) {
          text.unicodeScalars.append(scalar)
        }
      }
      let encoded = StatusMessage.encode(text)
      #expect(encoded.utf8.allSatisfy { (0x20...0x7E).contains($0) })
      #expect(StatusMessage.decode(encoded).unicodeScalars.elementsEqual(text.unicodeScalars))
    }
  }
}
