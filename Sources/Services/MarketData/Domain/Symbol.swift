public import Core

/// Names an instrument: 1 to 12 upper-case letters, digits, dots or dashes.
public struct Symbol: Identifier {
  /// The text as stored and sent.
  public let rawValue: String

  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The longest symbol, in characters.
  public static let maxLength = 12

  /// Takes a text from outside; nil unless it has the form of a symbol.
  public init?(_ text: some StringProtocol) {
    guard (1...Self.maxLength).contains(text.utf8.count) else { return nil }
    let isWellFormed = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isWellFormed else { return nil }
    self.init(rawValue: String(text))
  }

  /// The symbol as a number, for seeds: the same on every machine.
  public var fingerprint: UInt64 { FNV1a.hash(rawValue.utf8) }
}
