public import Core

/// A quote, and how much of its sizes has been traded: what one order took is gone for the others.
public struct QuoteUsage: Hashable, Sendable {
  /// The quote.
  public let quote: Quote
  /// How much has been bought at its ask.
  public private(set) var bought: Decimal
  /// How much has been sold at its bid.
  public private(set) var sold: Decimal

  /// A quote of which some is traded already.
  public init(_ quote: Quote, bought: Decimal = .zero, sold: Decimal = .zero) {
    self.quote = quote
    self.bought = bought
    self.sold = sold
  }

  /// How much is left for orders of `side`; nil when nothing is.
  public func left(for side: OrderSide) -> Quantity? {
    let used =
      switch side {
      case .buy: bought
      case .sell: sold
      }
    return try? Quantity(quote.size(for: side) - used)
  }

  /// Takes what an order of `side` trades.
  mutating func take(_ quantity: Quantity, for side: OrderSide) {
    switch side {
    case .buy: bought = bought + quantity.value
    case .sell: sold = sold + quantity.value
    }
  }
}
