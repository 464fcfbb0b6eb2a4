public import MarketDataContract
public import TradingContract

/// Everything a client saw of one user, in the words of the contracts: what the audit works from.
public struct DemoEvidence: Sendable {
  /// Names a quote.
  public struct QuoteKey: Sendable, Hashable, CustomStringConvertible {
    /// The symbol.
    public let symbol: String
    /// The symbol's sequence.
    public let sequence: Int64
    /// `AAPL quote 17`.
    public var description: String { "\(symbol) quote \(sequence)" }

    /// Names a quote.
    public init(symbol: String, sequence: Int64) {
      self.symbol = symbol
      self.sequence = sequence
    }
  }

  /// One order update of the stream.
  public struct Update: Sendable, Hashable {
    /// The user's event sequence.
    public let sequence: Int64
    /// The order after the change.
    public let order: TradingV1.Order

    /// An update.
    public init(sequence: Int64, order: TradingV1.Order) {
      self.sequence = sequence
      self.order = order
    }
  }

  /// The ids of the orders that were placed, from the answers.
  public var placed: [String]
  /// `GET /api/orders`, newest first.
  public var orders: [TradingV1.Order]
  /// `GET /api/trades`, newest first.
  public var trades: [TradingV1.Trade]
  /// `GET /api/positions`.
  public var positions: [TradingV1.Position]
  /// The quotes that the trades name, as `GET …/ticker?sequence=` tells them.
  public var quotes: [QuoteKey: MarketDataV1.Quote]
  /// The sequence of the order stream's snapshot.
  public var snapshotSequence: Int64
  /// The order updates after it, as they came.
  public var updates: [Update]

  /// Collects what was seen.
  public init(
    placed: [String], orders: [TradingV1.Order], trades: [TradingV1.Trade],
    positions: [TradingV1.Position], quotes: [QuoteKey: MarketDataV1.Quote],
    snapshotSequence: Int64, updates: [Update]
  ) {
    self.placed = placed
    self.orders = orders
    self.trades = trades
    self.positions = positions
    self.quotes = quotes
    self.snapshotSequence = snapshotSequence
    self.updates = updates
  }
}
