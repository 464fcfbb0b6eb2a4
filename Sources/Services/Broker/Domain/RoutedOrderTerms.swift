public import Core

/// What an order was routed on; it never changes, and a repetition of the request is recognised by it.
public struct RoutedOrderTerms: Hashable, Sendable {
  /// The connection that executes it.
  public let connectionID: ConnectionID
  /// Its name, here and at the exchange.
  public let clientOrderID: ClientOrderID
  /// Whose it is.
  public let accountID: AccountID
  /// What is traded.
  public let symbol: Symbol
  /// Which way.
  public let side: OrderSide
  /// How much.
  public let quantity: Quantity
  /// The worst price at which it may trade.
  public let worstPrice: Price
  /// When what has not been traded ends; nil when never.
  public let expiresAt: Instant?

  /// Names the terms.
  public init(
    connectionID: ConnectionID, clientOrderID: ClientOrderID, accountID: AccountID,
    symbol: Symbol, side: OrderSide, quantity: Quantity, worstPrice: Price, expiresAt: Instant?
  ) {
    self.connectionID = connectionID
    self.clientOrderID = clientOrderID
    self.accountID = accountID
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.worstPrice = worstPrice
    self.expiresAt = expiresAt
  }

  /// Whether the order's time is over at a moment.
  public func isOver(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
