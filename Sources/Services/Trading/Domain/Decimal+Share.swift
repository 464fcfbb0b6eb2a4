import Core

extension Decimal {
  /// `self * part / whole`, rounded half to even at 18 digits, without rounding in between.
  ///
  /// - Precondition: `0 <= part <= whole` and `whole > 0`; the result is then never larger than
  ///   `self`, and equal to it for the whole.
  func share(_ part: Decimal, of whole: Decimal) throws(DecimalError) -> Decimal {
    precondition(
      whole.isPositive && !part.isNegative && part <= whole, "a share is between none and all")
    let product = units.magnitude.multipliedFullWidth(by: part.units.magnitude)
    let (quotient, remainder) = whole.units.magnitude.dividingFullWidth(product)
    let rest = whole.units.magnitude - remainder
    let roundsUp = remainder > rest || (remainder == rest && quotient & 1 == 1)
    let magnitude = Int128(quotient + (roundsUp ? 1 : 0))
    guard let share = Decimal(units: isNegative ? -magnitude : magnitude) else { throw .overflow }
    return share
  }
}
