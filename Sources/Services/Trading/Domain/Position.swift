public import Core

/// What an account holds of a symbol: the fold of its fills.
///
/// The position keeps the cost of what is open, not an average price. Closing a part takes the same
/// part of the cost, rounded half to even at 18 digits; what rounding leaves stays in the cost, so
/// cost and realised gain together never lose a digit, and closing the rest closes all of it.
public struct Position: Hashable, Sendable {
  /// How much is held; negative for a short position.
  public private(set) var quantity: Decimal
  /// What the open quantity cost; negative for a short position, which brought money in.
  public private(set) var cost: Decimal
  /// What closed quantity has earned, fees not counted.
  public private(set) var realizedPnL: Decimal
  /// What was paid in fees.
  public private(set) var fees: Decimal
  /// When it last changed; nil before the first fill.
  public private(set) var updatedAt: Instant?

  /// Nothing held, nothing traded.
  public static let none = Position(
    quantity: .zero, cost: .zero, realizedPnL: .zero, fees: .zero, updatedAt: nil)

  /// A position as it was read back from storage.
  public init(
    quantity: Decimal, cost: Decimal, realizedPnL: Decimal, fees: Decimal, updatedAt: Instant?
  ) {
    self.quantity = quantity
    self.cost = cost
    self.realizedPnL = realizedPnL
    self.fees = fees
    self.updatedAt = updatedAt
  }

  /// What the open quantity cost a unit, rounded half to even at 18 digits; nil when flat.
  public var averagePrice: Decimal? {
    guard !quantity.isZero else { return nil }
    return try? cost.divided(
      by: quantity, scale: Decimal.fractionDigits, rounding: .toNearestOrEven)
  }

  /// The position after a fill.
  ///
  /// A fill against the position first closes as much of it as there is; only the rest, if any,
  /// opens a new one on the other side.
  public func applying(
    _ fill: Quantity, _ side: OrderSide, at price: Price, fee: Decimal, at now: Instant
  ) throws(DecimalError) -> Position {
    var after = self
    let isOpposite = side == .buy ? quantity.isNegative : quantity.isPositive
    let closing = isOpposite ? min(fill.value, quantity.magnitude) : .zero
    let opening = fill.value - closing
    if closing.isPositive {
      let closedCost = try cost.share(closing, of: quantity.magnitude)
      let money = try price.value.multiplied(by: closing)
      // Selling brings `money` in, buying back takes it; the cost has the position's sign.
      let proceeds = side == .sell ? money : -money
      after.realizedPnL = try realizedPnL.adding(proceeds.subtracting(closedCost))
      after.cost = try cost.subtracting(closedCost)
      after.quantity = try quantity.adding(side == .sell ? -closing : closing)
    }
    if opening.isPositive {
      let money = try price.value.multiplied(by: opening)
      after.cost = try after.cost.adding(side == .buy ? money : -money)
      after.quantity = try after.quantity.adding(side == .buy ? opening : -opening)
    }
    after.fees = try fees.adding(fee)
    after.updatedAt = now
    return after
  }
}
