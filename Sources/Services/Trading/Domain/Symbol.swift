public import Core

/// Names an instrument; whether there is one of that name, the instruments say.
public struct Symbol: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}
