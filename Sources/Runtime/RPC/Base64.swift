/// The base64 of `-bin` metadata (RFC 4648, 4): written without padding, read with or without.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each character, 255 for those outside the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, character) in Self.alphabet.enumerated() {
      values[Int(character)] = UInt8(value)
    }
    return values
  }()

  /// The text of bytes, unpadded.
  package static func encode(_ bytes: [UInt8]) -> String {
    let count = (bytes.count * 4 + 2) / 3
    return String(unsafeUninitializedCapacity: count) { text in
      var bits: UInt32 = 0
      var bitCount = 0
      var written = 0
      for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        bitCount += 8
        while bitCount >= 6 {
          bitCount -= 6
          text[written] = Self.alphabet[Int(bits >> UInt32(bitCount) & 63)]
          written += 1
        }
      }
      if bitCount > 0 {
        text[written] = Self.alphabet[Int(bits << UInt32(6 - bitCount) & 63)]
        written += 1
      }
      return written
    }
  }

  /// The bytes of text, or nil if it is not base64.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    var characters = 0
    var padding = 0
    for character in text {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      let value = Self.values[Int(character)]
      guard value != 255, padding == 0 else { return nil }
      characters += 1
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    // One character alone carries no byte; padding, where there is any, fills up to four.
    guard characters % 4 != 1 else { return nil }
    guard padding == 0 || (padding <= 2 && (characters + padding) % 4 == 0) else { return nil }
    return bytes
  }
}
