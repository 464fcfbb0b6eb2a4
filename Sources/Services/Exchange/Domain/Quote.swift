public import Core

/// What a symbol can be bought and sold for at one moment, as the market data service stated it.
public struct Quote: Hashable, Sendable {
  /// Whose.
  public let symbol: Symbol
  /// Counts the symbol's quotes; a later quote has a higher one.
  public let sequence: Int64
  /// What a seller gets.
  public let bidPrice: Price
  /// How much can be sold at the bid; may be zero.
  public let bidSize: Decimal
  /// What a buyer pays.
  public let askPrice: Price
  /// How much can be bought at the ask; may be zero.
  public let askSize: Decimal

  /// Takes the parts as stated.
  public init(
    symbol: Symbol, sequence: Int64, bidPrice: Price, bidSize: Decimal, askPrice: Price,
    askSize: Decimal
  ) {
    self.symbol = symbol
    self.sequence = sequence
    self.bidPrice = bidPrice
    self.bidSize = bidSize
    self.askPrice = askPrice
    self.askSize = askSize
  }

  /// What an order of `side` trades at: a buyer at the ask, a seller at the bid.
  public func price(for side: OrderSide) -> Price {
    switch side {
    case .buy: askPrice
    case .sell: bidPrice
    }
  }

  /// How much an order of `side` finds.
  public func size(for side: OrderSide) -> Decimal {
    switch side {
    case .buy: askSize
    case .sell: bidSize
    }
  }
}
