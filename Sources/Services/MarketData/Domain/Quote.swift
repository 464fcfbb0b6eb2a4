public import Core

/// What a symbol can be bought and sold for at one moment, and the trade that moment printed.
public struct Quote: Hashable, Sendable {
  /// Whose.
  public let symbol: Symbol
  /// Counts the symbol's quotes from 1 without a gap.
  public let sequence: Int64
  /// The best price a buyer offers: a multiple of the price increment.
  public let bidPrice: Decimal
  /// How much is wanted at the bid: at least one lot.
  public let bidSize: Decimal
  /// The best price a seller asks: at least one price increment above the bid.
  public let askPrice: Decimal
  /// How much is offered at the ask: at least one lot.
  public let askSize: Decimal
  /// The last trade's price, within bid...ask.
  public let lastPrice: Decimal
  /// The last trade's quantity; zero where the tick traded nothing.
  public let lastSize: Decimal
  /// When, in the time of the replayed market.
  public let marketTime: Instant

  /// Takes the parts as they are: read back from storage, or made by the replay.
  public init(
    symbol: Symbol, sequence: Int64, bidPrice: Decimal, bidSize: Decimal, askPrice: Decimal,
    askSize: Decimal, lastPrice: Decimal, lastSize: Decimal, marketTime: Instant
  ) {
    self.symbol = symbol
    self.sequence = sequence
    self.bidPrice = bidPrice
    self.bidSize = bidSize
    self.askPrice = askPrice
    self.askSize = askSize
    self.lastPrice = lastPrice
    self.lastSize = lastSize
    self.marketTime = marketTime
  }
}
