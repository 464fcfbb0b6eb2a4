public import Core

/// What an owner may change about an order.
public struct OrderTerms: Hashable, Sendable {
  /// How much is to be traded.
  public var quantity: Quantity
  /// The worst price accepted; nil for a MARKET order.
  public var limitPrice: Price?

  /// Takes the terms.
  public init(quantity: Quantity, limitPrice: Price?) {
    self.quantity = quantity
    self.limitPrice = limitPrice
  }
}
