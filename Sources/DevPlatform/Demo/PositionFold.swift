import Core
import TradingContract

/// What a list of trades of one symbol adds up to, computed from the contract's words alone.
///
/// The open quantity has a cost. A trade that closes a part takes the same part of the cost, rounded
/// half to even at 18 fraction digits; the difference to what it brought is realised.
struct PositionFold: Equatable {
  private(set) var quantity: Decimal = 0
  private(set) var cost: Decimal = 0
  private(set) var realized: Decimal = 0
  private(set) var fees: Decimal = 0

  /// What a unit of the open quantity cost; nil when flat.
  var averagePrice: Decimal? {
    get throws {
      guard !quantity.isZero else { return nil }
      return try cost.divided(
        by: quantity, scale: Decimal.fractionDigits, rounding: .toNearestOrEven)
    }
  }

  /// Adds a trade.
  mutating func add(side: TradingV1.OrderSide, quantity size: Decimal, price: Decimal, fee: Decimal)
    throws
  {
    let signed = side == .buy ? size : -size
    // What the trade takes out of the purse.
    let paid = try signed.multiplied(by: price)
    if (quantity.isNegative && signed.isPositive) || (quantity.isPositive && signed.isNegative) {
      let closed = min(signed.magnitude, quantity.magnitude)
      let costOfClosed = try Self.part(closed, of: quantity.magnitude, in: cost)
      let paidForClosed = try price.multiplied(by: signed.isNegative ? -closed : closed)
      // A sale pays a negative amount; what it closed had cost a positive one.
      realized = try realized.subtracting(paidForClosed.adding(costOfClosed))
      cost = try cost.subtracting(costOfClosed).adding(paid.subtracting(paidForClosed))
    } else {
      cost = try cost.adding(paid)
    }
    quantity = try quantity.adding(signed)
    fees = try fees.adding(fee)
  }

  /// `amount` × `part` ÷ `whole`, rounded half to even at 18 fraction digits.
  private static func part(
    _ part: Decimal, of whole: Decimal, in amount: Decimal
  ) throws -> Decimal {
    let product = amount.units.magnitude.multipliedFullWidth(by: part.units.magnitude)
    let divisor = whole.units.magnitude
    guard product.high < divisor else { throw DecimalError.overflow }
    let (quotient, rest) = divisor.dividingFullWidth(product)
    let twice = rest.addingReportingOverflow(rest)
    let isAboveHalf = twice.overflow || twice.partialValue > divisor
    let isHalf = !twice.overflow && twice.partialValue == divisor
    let roundsUp = isAboveHalf || (isHalf && !quotient.isMultiple(of: 2))
    guard let signed = Int128(exactly: roundsUp ? quotient + 1 : quotient),
      let result = Decimal(units: amount.isNegative ? -signed : signed)
    else { throw DecimalError.overflow }
    return result
  }
}
