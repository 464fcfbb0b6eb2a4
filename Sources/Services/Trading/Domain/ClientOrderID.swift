public import Core

/// An owner's own name for an order, unique among the owner's orders.
public struct ClientOrderID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The longest name, in characters.
  public static let maxLength = 64

  /// Takes a name from outside; nil unless it has 1 to 64 visible ASCII characters.
  public init?(_ text: String) {
    guard (1...Self.maxLength).contains(text.utf8.count) else { return nil }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    self.init(rawValue: text)
  }
}
