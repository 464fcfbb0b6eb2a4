public import Core

/// Names an account at the exchange: whoever sends orders.
public struct AccountName: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A sender's own name for an order, unique among those of the account's orders that still work.
public struct ClientOrderID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an execution, unique at the exchange.
public struct ExecutionID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an instrument; whether there is one of that name, the instruments say.
public struct Symbol: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}
