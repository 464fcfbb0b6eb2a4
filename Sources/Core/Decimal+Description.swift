extension Decimal: CustomStringConvertible {
  /// The longest canonical text: a sign, 20 digits, the point, 18 digits.
  public static let maxUTF8Count = 1 + integerDigits + 1 + fractionDigits

  /// The canonical text: no exponent, no `+`, no `-0`, no trailing zeros, no superfluous point.
  public var description: String {
    String(unsafeUninitializedCapacity: Self.maxUTF8Count) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return write(to: start)
    }
  }

  /// How many bytes the canonical text has.
  public var utf8Count: Int {
    let (whole, fraction) = split
    let wholeCount =
      whole <= UInt128(UInt64.max)
      ? PowersOfTen.digitCount(UInt64(truncatingIfNeeded: whole)) : Self.integerDigits
    let scale = PowersOfTen.significantFractionDigits(fraction)
    return (isNegative ? 1 : 0) + wholeCount + (scale == 0 ? 0 : scale + 1)
  }

  /// Writes the canonical text as ASCII and returns its length.
  ///
  /// - Precondition: `target` has room for `utf8Count` bytes.
  public func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
    var position = 0
    if isNegative {
      target[0] = UInt8(ascii: "-")
      position = 1
    }
    let (whole, fraction) = split
    if whole > UInt128(UInt64.max) {
      // Twenty digits: the first two apart, so that the rest fits a machine word.
      let (head, tail) = whole.quotientAndRemainder(dividingBy: PowersOfTen.wide(18))
      Self.write(UInt64(head), count: 2, to: target + position)
      Self.write(UInt64(tail), count: 18, to: target + position + 2)
      position += Self.integerDigits
    } else {
      let value = UInt64(truncatingIfNeeded: whole)
      let count = PowersOfTen.digitCount(value)
      Self.write(value, count: count, to: target + position)
      position += count
    }
    let scale = PowersOfTen.significantFractionDigits(fraction)
    if scale > 0 {
      let digits = fraction / PowersOfTen.value(Self.fractionDigits - scale)
      target[position] = UInt8(ascii: ".")
      Self.write(digits, count: scale, to: target + position + 1)
      position += 1 + scale
    }
    return position
  }

  /// Writes exactly `count` digits, leading zeros included.
  private static func write(_ value: UInt64, count: Int, to target: UnsafeMutablePointer<UInt8>) {
    var rest = value
    for index in stride(from: count - 1, through: 0, by: -1) {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      target[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
  }
}
