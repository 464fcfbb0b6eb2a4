public import Core

/// Something that can be traded, and the grid its prices and quantities lie on.
///
/// A notional (price times quantity) is exact because the two scales together stay within the 18
/// fraction digits of a `Decimal`; an instrument that breaks this cannot be made.
public struct Instrument: Hashable, Sendable {
  /// Its name.
  public let symbol: Symbol
  /// Bids, asks and limit prices are multiples of this.
  public let priceIncrement: Decimal
  /// Quantities are multiples of this.
  public let lotSize: Decimal
  /// The asset prices are stated in.
  public let quoteAsset: AssetID
  /// Fraction digits of a trade print: the tape may print between two price increments.
  public let printScale: Int

  /// Checks the grid.
  ///
  /// - Parameter printScale: At least the scale of `priceIncrement`.
  public init(
    symbol: Symbol, priceIncrement: Decimal, lotSize: Decimal, quoteAsset: AssetID, printScale: Int
  ) throws(InstrumentError) {
    guard priceIncrement.isPositive else { throw .notPositive(field: "priceIncrement") }
    guard lotSize.isPositive else { throw .notPositive(field: "lotSize") }
    guard printScale >= priceIncrement.scale else {
      throw .printScaleTooSmall(printScale, priceIncrement: priceIncrement)
    }
    guard printScale + lotSize.scale <= Decimal.fractionDigits else {
      throw .notionalInexact(printScale: printScale, lotScale: lotSize.scale)
    }
    self.symbol = symbol
    self.priceIncrement = priceIncrement
    self.lotSize = lotSize
    self.quoteAsset = quoteAsset
    self.printScale = printScale
  }
}

/// Why an instrument cannot be defined so.
public enum InstrumentError: Error, Hashable, Sendable {
  /// A step of zero or below.
  case notPositive(field: String)
  /// A print could not show a price on the grid.
  case printScaleTooSmall(Int, priceIncrement: Decimal)
  /// Price and quantity digits together exceed what an exact product can keep.
  case notionalInexact(printScale: Int, lotScale: Int)
}

extension InstrumentError: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .notPositive(let field):
      "\(field) must be positive"
    case .printScaleTooSmall(let scale, let increment):
      "print scale \(scale) cannot show prices on the increment \(increment)"
    case .notionalInexact(let printScale, let lotScale):
      "print scale \(printScale) + lot scale \(lotScale) exceed \(Decimal.fractionDigits) digits"
    }
  }
}
