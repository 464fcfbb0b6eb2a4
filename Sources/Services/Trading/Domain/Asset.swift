public import Core

/// Names what an account gives and takes: a currency, or what an instrument stands for.
public struct Asset: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}
