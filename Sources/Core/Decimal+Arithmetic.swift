extension Decimal: AdditiveArithmetic {
  /// The sum; traps when out of range.
  ///
  /// Use `adding(_:)` for values that come from outside.
  public static func + (left: Decimal, right: Decimal) -> Decimal {
    let (sum, overflow) = left.addingReportingOverflow(right)
    precondition(!overflow, "Decimal overflow in +")
    return sum
  }

  /// The difference; traps when out of range.
  ///
  /// Use `subtracting(_:)` for values that come from outside.
  public static func - (left: Decimal, right: Decimal) -> Decimal {
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    precondition(!overflow, "Decimal overflow in -")
    return difference
  }

  /// The negated value; the range is symmetric, so there always is one.
  @inlinable public static prefix func - (value: Decimal) -> Decimal {
    Decimal(uncheckedUnits: -value.units)
  }
}

extension Decimal {
  /// The sum, or zero with `overflow` set when it is out of range.
  public func addingReportingOverflow(
    _ other: Decimal
  ) -> (partialValue: Decimal, overflow: Bool) {
    let (units, overflow) = units.addingReportingOverflow(other.units)
    guard !overflow, let sum = Decimal(units: units) else { return (.zero, true) }
    return (sum, false)
  }

  /// The difference, or zero with `overflow` set when it is out of range.
  public func subtractingReportingOverflow(
    _ other: Decimal
  ) -> (partialValue: Decimal, overflow: Bool) {
    addingReportingOverflow(-other)
  }

  /// The sum; throws `overflow` when it is out of range.
  public func adding(_ other: Decimal) throws(DecimalError) -> Decimal {
    let (sum, overflow) = addingReportingOverflow(other)
    guard !overflow else { throw .overflow }
    return sum
  }

  /// The difference; throws `overflow` when it is out of range.
  public func subtracting(_ other: Decimal) throws(DecimalError) -> Decimal {
    try adding(-other)
  }

  /// The exact product; throws `inexact` when it needs more than 18 fraction digits.
  public func multiplied(by other: Decimal) throws(DecimalError) -> Decimal {
    let (quotient, remainder) = try productMagnitude(with: other)
    let product = try Self.checked(quotient, isNegative: isNegative != other.isNegative)
    guard remainder == 0 else { throw .inexact }
    return product
  }

  /// The product, rounded to 18 fraction digits.
  public func multiplied(
    by other: Decimal, rounding rule: RoundingRule
  ) throws(DecimalError) -> Decimal {
    let isNegative = isNegative != other.isNegative
    let (quotient, remainder) = try productMagnitude(with: other)
    let increments = rule.increments(
      quotient: quotient, remainder: remainder, divisor: UInt128(Self.unitsPerOne),
      isNegative: isNegative)
    return try Self.checked(increments ? quotient + 1 : quotient, isNegative: isNegative)
  }

  /// The quotient, rounded to `scale` fraction digits.
  ///
  /// - Precondition: `scale` is within `0 ... Decimal.fractionDigits`.
  public func divided(
    by divisor: Decimal, scale: Int, rounding rule: RoundingRule
  ) throws(DecimalError) -> Decimal {
    guard !divisor.isZero else { throw .divisionByZero }
    let isNegative = isNegative != divisor.isNegative
    // Both operands carry the factor 10¹⁸, so it cancels: the quotient counts units of 10⁻ˢᶜᵃˡᵉ.
    let dividend = units.magnitude.multipliedFullWidth(by: UInt128(PowersOfTen.value(scale)))
    let denominator = divisor.units.magnitude
    guard dividend.high < denominator else { throw .overflow }
    let (quotient, remainder) = denominator.dividingFullWidth(dividend)
    let increments = rule.increments(
      quotient: quotient, remainder: remainder, divisor: denominator, isNegative: isNegative)
    return try Self.scaled(
      quotient, incremented: increments, from: scale, isNegative: isNegative)
  }

  /// The value with at most `scale` fraction digits.
  ///
  /// - Precondition: `scale` is within `0 ... Decimal.fractionDigits`.
  public func rounded(scale: Int, _ rule: RoundingRule) throws(DecimalError) -> Decimal {
    let divisor = UInt128(PowersOfTen.value(Self.fractionDigits - scale))
    let (quotient, remainder) = units.magnitude.quotientAndRemainder(dividingBy: divisor)
    let increments = rule.increments(
      quotient: quotient, remainder: remainder, divisor: divisor, isNegative: isNegative)
    return try Self.scaled(
      quotient, incremented: increments, from: scale, isNegative: isNegative)
  }

  /// The full-width product of the units, divided by 10¹⁸ back to units.
  private func productMagnitude(
    with other: Decimal
  ) throws(DecimalError) -> (quotient: UInt128, remainder: UInt128) {
    let product = units.magnitude.multipliedFullWidth(by: other.units.magnitude)
    let divisor = UInt128(Self.unitsPerOne)
    guard product.high < divisor else { throw .overflow }
    if product.high == 0 { return product.low.quotientAndRemainder(dividingBy: divisor) }
    return divisor.dividingFullWidth(product)
  }

  private static func scaled(
    _ quotient: UInt128, incremented: Bool, from scale: Int, isNegative: Bool
  ) throws(DecimalError) -> Decimal {
    let (count, carried) = quotient.addingReportingOverflow(incremented ? 1 : 0)
    let (magnitude, overflow) = count.multipliedReportingOverflow(
      by: UInt128(PowersOfTen.value(fractionDigits - scale)))
    guard !carried, !overflow else { throw .overflow }
    return try checked(magnitude, isNegative: isNegative)
  }

  private static func checked(
    _ magnitude: UInt128, isNegative: Bool
  ) throws(DecimalError) -> Decimal {
    guard let value = Decimal(magnitude: magnitude, isNegative: isNegative) else {
      throw .overflow
    }
    return value
  }
}
