public import Core

/// Names a connection to an exchange; there it is the account's name.
public struct ConnectionID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The longest name, in characters.
  public static let maxLength = 32

  /// Takes a name from outside; nil unless it is 1 to 32 lower-case letters, digits and dashes, a letter first.
  public init?(name: String) {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard (1...Self.maxLength).contains(name.utf8.count),
      name.utf8.first.map(letters.contains) == true,
      name.utf8.allSatisfy({
        letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
      })
    else { return nil }
    self.init(rawValue: name)
  }
}

/// The platform's name for an order, by which exchanges know it, too: a UUID.
public struct ClientOrderID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// An exchange's own name for an order.
public struct ExchangeOrderID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an instrument; whether there is one of that name, the exchange says.
public struct Symbol: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}
