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

  /// The fee on a trade worth `notional`; rounding up twice is rounding up once.
  func fee(on notional: Decimal) throws(DecimalError) -> Decimal {
    try notional.multiplied(by: rate, rounding: .awayFromZero).rounded(
      scale: scale, .awayFromZero)
  }
}
