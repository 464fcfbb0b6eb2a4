public import Core

/// Names a connection of the broker service: a way to an exchange.
public struct ConnectionID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The longest name, in characters.
  public static let maxLength = 32

  /// Takes a name from outside; nil unless it is a lower-case letter and up to 31 letters, digits and hyphens.
  public init?(_ text: String) {
    guard (1...Self.maxLength).contains(text.utf8.count) else { return nil }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = text.utf8.first, letters.contains(first) else { return nil }
    let isWellFormed = text.utf8.allSatisfy { byte in
      letters.contains(byte) || digits.contains(byte) || byte == UInt8(ascii: "-")
    }
    guard isWellFormed else { return nil }
    self.init(rawValue: text)
  }
}
