/// Powers of ten up to 10¹⁹, the largest in 64 bits.
enum PowersOfTen {
  private static let table: [UInt64] = (0...19).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// 10 to the power of `exponent`, which must be within `0 ... 19`.
  static func value(_ exponent: Int) -> UInt64 { table[exponent] }

  /// 10 to the power of `exponent`, which must be within `0 ... 38`.
  static func wide(_ exponent: Int) -> UInt128 {
    exponent <= 19
      ? UInt128(table[exponent]) : UInt128(table[19]) * UInt128(table[exponent - 19])
  }

  /// How many decimal digits `value` has; 1 for zero.
  static func digitCount(_ value: UInt64) -> Int {
    if value < 10 { return 1 }
    // bits × log₁₀2 is the count or one short of it.
    let bits = UInt64.bitWidth - value.leadingZeroBitCount
    let estimate = (bits * 1233) >> 12
    return value >= table[estimate] ? estimate + 1 : estimate
  }

  /// How many of a fraction's 18 digits remain once trailing zeros are dropped.
  static func significantFractionDigits(_ fraction: UInt64) -> Int {
    if fraction == 0 { return 0 }
    var rest = fraction
    var digits = 18
    if rest % 1_000_000_000 == 0 { (rest, digits) = (rest / 1_000_000_000, digits - 9) }
    if rest % 10_000 == 0 { (rest, digits) = (rest / 10_000, digits - 4) }
    if rest % 10_000 == 0 { (rest, digits) = (rest / 10_000, digits - 4) }
    if rest % 100 == 0 { (rest, digits) = (rest / 100, digits - 2) }
    if rest % 10 == 0 { (rest, digits) = (rest / 10, digits - 1) }
    return digits
  }
}
