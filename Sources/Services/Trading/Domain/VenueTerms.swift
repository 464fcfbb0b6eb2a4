public import Core

/// On what terms the venue takes orders; each order keeps those it was placed on.
public struct VenueTerms: Hashable, Sendable {
  /// What it charges.
  public let fees: FeeSchedule
  /// How far from the quote it was valued at a MARKET order may trade, as a share of the price.
  public let marketCollar: Decimal
  /// How long a MARKET order works: what is not traded by then expires.
  public let marketLifetime: Duration

  /// Takes the terms; nil unless the collar is within 0..<1.
  public init?(fees: FeeSchedule, marketCollar: Decimal, marketLifetime: Duration) {
    guard !marketCollar.isNegative, marketCollar < .one else { return nil }
    self.fees = fees
    self.marketCollar = marketCollar
    self.marketLifetime = marketLifetime
  }

  /// The worst price at which a MARKET order may trade that was valued at `price`.
  ///
  /// It lies on the instrument's grid, rounded away from `price`: a collar of nothing admits the
  /// quote itself, whatever its digits.
  func protectionPrice(
    _ price: Price, _ side: OrderSide, tick: Decimal
  ) throws(DecimalError) -> Price {
    let factor = side == .buy ? Decimal.one + marketCollar : Decimal.one - marketCollar
    let bound = try price.value.multiplied(
      by: factor, rounding: side == .buy ? .awayFromZero : .towardZero)
    let steps = bound.units / tick.units
    let isBetween = bound.units % tick.units != 0
    let roundsUp = side == .buy && isBetween
    // A seller's bound below the first step of the grid is that step: no price is lower.
    let (units, overflow) = max(1, steps + (roundsUp ? 1 : 0)).multipliedReportingOverflow(
      by: tick.units)
    guard !overflow, let value = Decimal(units: units), let protection = try? Price(value) else {
      throw .overflow
    }
    return protection
  }
}
