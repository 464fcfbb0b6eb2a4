public import Core

/// What a venue charges: a share of the notional, rounded up.
public struct FeeSchedule: Hashable, Sendable {
  /// The share, 0.0001 for one basis point.
  public let rate: Decimal
  /// Fraction digits of a fee.
  public let scale: Int

  /// No fee at all.
  public static let free = FeeSchedule(uncheckedRate: .zero, scale: 0)

  /// Takes a rate; nil unless it is within 0...1 and the scale within 0...18.
  public init?(rate: Decimal, scale: Int) {
    guard (Decimal.zero...Decimal.one).contains(rate), (0...Decimal.fractionDigits).contains(scale)
    else { return nil }
    self.init(uncheckedRate: rate, scale: scale)
  }

  private init(uncheckedRate rate: Decimal, scale: Int) {
    self.rate = rate
    self.scale = scale
  }

  /// The fee on all that an order has traded, worth `notional`; rounding up twice is rounding up
  /// once.
  func fee(on notional: Decimal) throws(DecimalError) -> Decimal {
    try notional.multiplied(by: rate, rounding: .awayFromZero).rounded(
      scale: scale, .awayFromZero)
  }

  /// The fee of a fill worth `fill`, after which the order has traded `total` and had been charged
  /// `charged` before.
  ///
  /// Rounded up once an order instead of once a fill, so that the fees of all fills together are the
  /// fee on their sum, however the order is filled: what was reserved for it suffices. No fill costs
  /// more than it is worth; what is left over then, the next one bears.
  func fee(
    ofFill fill: Decimal, total: Decimal, charged: Decimal
  ) throws(DecimalError) -> Decimal {
    min(fill, try fee(on: total).subtracting(charged))
  }
}
