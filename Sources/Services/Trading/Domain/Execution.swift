public import Core

/// What a venue says was traded of an order.
public struct Execution: Hashable, Sendable {
  /// What was traded.
  public let symbol: Symbol
  /// Which way.
  public let side: OrderSide
  /// How much.
  public let quantity: Quantity
  /// At what price.
  public let price: Price
  /// The quote whose bid or ask is the price; 0 where a broker's exchange executed it.
  public let quoteSequence: Int64
  /// The venue's own name for it, unique over all venues.
  public let venueTradeID: String
  /// When, by the venue's clock; nil is when it is booked.
  public let executedAt: Instant?

  /// Takes the parts.
  public init(
    symbol: Symbol, side: OrderSide, quantity: Quantity, price: Price, quoteSequence: Int64,
    venueTradeID: String, executedAt: Instant?
  ) {
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.price = price
    self.quoteSequence = quoteSequence
    self.venueTradeID = venueTradeID
    self.executedAt = executedAt
  }
}
