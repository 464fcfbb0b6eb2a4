public import Core

/// Something that can be traded, and the grid its prices and quantities lie on.
public struct Instrument: Hashable, Sendable {
  /// Its name.
  public let symbol: Symbol
  /// Limit prices are multiples of this.
  public let priceIncrement: Decimal
  /// Quantities are multiples of this.
  public let lotSize: Decimal

  /// Takes a grid; nil unless both steps are positive and a price times a quantity is always exact,
  /// that is, unless their fraction digits together stay within those of a `Decimal`.
  public init?(symbol: Symbol, priceIncrement: Decimal, lotSize: Decimal) {
    guard priceIncrement.isPositive, lotSize.isPositive,
      priceIncrement.scale + lotSize.scale <= Decimal.fractionDigits
    else { return nil }
    self.symbol = symbol
    self.priceIncrement = priceIncrement
    self.lotSize = lotSize
  }

  /// Whether an order's numbers lie on the grid, and what it is worth at its limit is a number.
  public func admits(_ terms: OrderTerms) -> Bool {
    terms.quantity.value.isMultiple(of: lotSize)
      && terms.limitPrice.value.isMultiple(of: priceIncrement)
      && (try? terms.limitPrice.notional(of: terms.quantity)) != nil
  }
}
