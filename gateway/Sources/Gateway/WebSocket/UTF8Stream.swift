/// Checks UTF-8 that arrives in pieces (Unicode 16, table 3-7), so that a message fails at its first
/// wrong byte.
struct UTF8Stream: Sendable {
  /// The bytes that the character in progress still needs.
  private var missing = 0
  /// What the next of them may be.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// Whether the text may end here.
  var isComplete: Bool { missing == 0 }

  /// Takes the next bytes; false when they cannot be part of a text.
  mutating func accept(_ bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes where !accept(byte) { return false }
    return true
  }

  private mutating func accept(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard lower...upper ~= byte else { return false }
      (lower, upper) = (0x80, 0xBF)
      missing -= 1
      return true
    }
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, lower) = (2, 0xA0)
    // Surrogates are no characters.
    case 0xED: (missing, upper) = (2, 0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, lower) = (3, 0x90)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, upper) = (3, 0x8F)
    default: return false
    }
    return true
  }
}
