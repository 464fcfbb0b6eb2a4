/// An exact decimal number with 20 integer and 18 fraction digits: every price, size and balance.
///
/// The value is `units` × 10⁻¹⁸, which is also what `numeric(38,18)` stores. No operation loses a
/// digit unless a `RoundingRule` is named, and none wraps:
///
/// | operation | out of range | inexact |
/// |---|---|---|
/// | `+`, `-` | traps | — |
/// | `adding`, `subtracting` | throws `overflow` | — |
/// | `multiplied(by:)` | throws `overflow` | throws `inexact` |
/// | `multiplied(by:rounding:)`, `divided(by:scale:rounding:)`, `rounded(scale:_:)` | throws `overflow` | rounds as named |
@frozen public struct Decimal: Hashable, Sendable {
  /// The value in units of 10⁻¹⁸, within `±(10³⁸ − 1)`.
  public let units: Int128

  @inlinable init(uncheckedUnits units: Int128) { self.units = units }

  /// Digits kept before the point.
  public static let integerDigits = 20
  /// Digits kept after the point.
  public static let fractionDigits = 18

  static let unitsPerOne: UInt64 = 1_000_000_000_000_000_000
  static let maxMagnitude: UInt128 =
    99_999_999_999_999_999_999_999_999_999_999_999_999

  /// Zero.
  public static let zero = Decimal(uncheckedUnits: 0)
  /// One.
  public static let one = Decimal(uncheckedUnits: Int128(unitsPerOne))
  /// The largest value, 10²⁰ − 10⁻¹⁸.
  public static let max = Decimal(uncheckedUnits: Int128(maxMagnitude))
  /// The smallest value, −(10²⁰ − 10⁻¹⁸).
  public static let min = Decimal(uncheckedUnits: -Int128(maxMagnitude))

  /// Takes a value in units of 10⁻¹⁸; nil outside the range.
  public init?(units: Int128) {
    guard units.magnitude <= Self.maxMagnitude else { return nil }
    self.units = units
  }

  /// Takes an integer number of 10⁻ˢᶜᵃˡᵉ, such as ticks; nil outside the range.
  ///
  /// - Precondition: `scale` is within `0 ... Decimal.fractionDigits`.
  public init?(unscaled: Int128, scale: Int) {
    let (units, overflow) = unscaled.multipliedReportingOverflow(
      by: Int128(PowersOfTen.value(Self.fractionDigits - scale)))
    guard !overflow else { return nil }
    self.init(units: units)
  }

  /// Takes any integer of the machine's word size: all of them are in range.
  public init(_ value: Int) {
    units = Int128(value) * Int128(Self.unitsPerOne)
  }

  /// Takes an integer; nil outside the range.
  public init?(exactly value: some BinaryInteger) {
    guard let whole = Int128(exactly: value) else { return nil }
    self.init(unscaled: whole, scale: 0)
  }

  init?(magnitude: UInt128, isNegative: Bool) {
    guard magnitude <= Self.maxMagnitude else { return nil }
    let units = Int128(truncatingIfNeeded: magnitude)
    self.units = isNegative ? -units : units
  }
}

extension Decimal: Comparable {
  /// Orders by value.
  @inlinable public static func < (left: Decimal, right: Decimal) -> Bool {
    left.units < right.units
  }
}

extension Decimal: ExpressibleByIntegerLiteral {
  /// Takes an integer literal.
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Decimal {
  /// Whether the value is zero.
  @inlinable public var isZero: Bool { units == 0 }
  /// Whether the value is below zero.
  @inlinable public var isNegative: Bool { units < 0 }
  /// Whether the value is above zero.
  @inlinable public var isPositive: Bool { units > 0 }
  /// The value without its sign.
  public var magnitude: Decimal { isNegative ? -self : self }

  /// The number of fraction digits needed to write the value: 0 for 100, 2 for 101.25.
  public var scale: Int {
    let (_, fraction) = split
    return PowersOfTen.significantFractionDigits(fraction)
  }

  /// Whether the value is an integer multiple of `other`; of zero, only zero is.
  public func isMultiple(of other: Decimal) -> Bool {
    other.isZero ? isZero : units % other.units == 0
  }

  /// The magnitude's integer part and its fraction in units of 10⁻¹⁸.
  var split: (whole: UInt128, fraction: UInt64) {
    let magnitude = units.magnitude
    let high = UInt64(truncatingIfNeeded: magnitude >> 64)
    if high < Self.unitsPerOne {
      // One machine division instead of the generic 128-bit one.
      let low = UInt64(truncatingIfNeeded: magnitude)
      let (quotient, remainder) = Self.unitsPerOne.dividingFullWidth((high, low))
      return (UInt128(quotient), remainder)
    }
    let (quotient, remainder) = magnitude.quotientAndRemainder(
      dividingBy: UInt128(Self.unitsPerOne))
    return (quotient, UInt64(truncatingIfNeeded: remainder))
  }
}
