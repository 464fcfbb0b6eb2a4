public import Core

/// What an order is to trade, and how.
public struct OrderTerms: Hashable, Sendable {
  /// What is traded.
  public let symbol: Symbol
  /// Which way.
  public let side: OrderSide
  /// How much.
  public let quantity: Quantity
  /// The worst price at which it trades.
  public let limitPrice: Price
  /// When what has not been traded ends; nil: never.
  public let expiresAt: Instant?

  /// Takes the parts as stated.
  public init(
    symbol: Symbol, side: OrderSide, quantity: Quantity, limitPrice: Price, expiresAt: Instant?
  ) {
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.limitPrice = limitPrice
    self.expiresAt = expiresAt
  }

  /// Whether the order trades at a price: its limit, or better.
  public func accepts(_ price: Price) -> Bool {
    switch side {
    case .buy: price <= limitPrice
    case .sell: price >= limitPrice
    }
  }

  /// Whether its time is over.
  public func isOver(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
