public import Core

/// Something that can be traded, and the grid its prices and quantities lie on.
public struct Instrument: Hashable, Sendable {
  /// Its name.
  public let symbol: Symbol
  /// Limit prices are multiples of this.
  public let priceIncrement: Decimal
  /// Quantities are multiples of this.
  public let lotSize: Decimal
  /// What its prices are stated in.
  public let quoteAsset: Asset

  /// Takes a grid; nil unless both steps are positive and a price times a quantity is always exact,
  /// that is, unless their fraction digits together stay within those of a `Decimal`.
  public init?(
    symbol: Symbol, priceIncrement: Decimal, lotSize: Decimal, quoteAsset: Asset
  ) {
    guard priceIncrement.isPositive, lotSize.isPositive,
      priceIncrement.scale + lotSize.scale <= Decimal.fractionDigits
    else { return nil }
    self.symbol = symbol
    self.priceIncrement = priceIncrement
    self.lotSize = lotSize
    self.quoteAsset = quoteAsset
  }
}
