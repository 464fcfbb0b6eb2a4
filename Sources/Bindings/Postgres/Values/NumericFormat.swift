import Core

/// The binary form of `numeric`: groups of four decimal digits.
///
/// Source: `numeric_send` in src/backend/utils/adt/numeric.c. Four 16-bit words come first: the
/// number of groups, the weight (in groups) of the first one, the sign, and the number of digits
/// shown after the point; then the groups, the most significant first. Groups of zeros at either
/// end are left out.
enum NumericFormat {
  private static let negative: UInt16 = 0x4000
  private static let notFinite: UInt16 = 0xc000
  private static let headerBytes = 8
  private static let groupBase: UInt64 = 10_000
  /// The integer part has five groups: 20 digits, which is all a `Decimal` has.
  private static let maxWeight = 4
  /// The fraction has 18 digits: four groups, and half of the fifth.
  private static let minWeight = -5
  private static let unitsPerOne: UInt128 = 1_000_000_000_000_000_000

  static func append(_ decimal: Decimal, to buffer: inout PostgresParameterBuffer) {
    let (whole, rest) = decimal.units.magnitude.quotientAndRemainder(dividingBy: unitsPerOne)
    let fraction = UInt64(truncatingIfNeeded: rest)
    // Fifteen weights at most are touched: 4 ... 0 for the integer part, −1 ... −5 below the point.
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: maxWeight - minWeight + 1) { groups in
      let (high, low) = whole.quotientAndRemainder(dividingBy: UInt128(groupBase))
      groups[4] = UInt16(truncatingIfNeeded: low)
      var left = UInt64(truncatingIfNeeded: high)
      for index in stride(from: 3, through: 0, by: -1) {
        groups[index] = UInt16(truncatingIfNeeded: left % groupBase)
        left /= groupBase
      }
      groups[9] = UInt16(truncatingIfNeeded: fraction % 100 * 100)
      left = fraction / 100
      for index in stride(from: 8, through: 5, by: -1) {
        groups[index] = UInt16(truncatingIfNeeded: left % groupBase)
        left /= groupBase
      }
      let first = groups.firstIndex { $0 != 0 } ?? 0
      let end = (groups.lastIndex { $0 != 0 } ?? -1) + 1
      buffer.append(bigEndian: UInt16(Swift.max(0, end - first)))
      buffer.append(bigEndian: Int16(end == 0 ? 0 : maxWeight - first))
      buffer.append(bigEndian: decimal.isNegative ? negative : 0)
      buffer.append(bigEndian: UInt16(decimal.scale))
      for index in Swift.min(first, end)..<end { buffer.append(bigEndian: groups[index]) }
    }
  }

  static func decimal(
    _ bytes: UnsafeRawBufferPointer
  ) throws(PostgresDecodingFailure) -> Decimal {
    guard bytes.count >= headerBytes else { throw .malformed }
    let count = Int(word(bytes, 0))
    let weight = Int(Int16(bitPattern: word(bytes, 1)))
    let sign = word(bytes, 2)
    guard bytes.count == headerBytes + 2 * count else { throw .malformed }
    guard sign == 0 || sign == negative else {
      throw sign & notFinite == notFinite ? .invalidValue("not a finite number") : .malformed
    }
    var whole: UInt128 = 0
    var fraction: UInt64 = 0
    for index in 0..<count {
      let group = word(bytes, 4 + index)
      guard group < groupBase else { throw .malformed }
      let groupWeight = weight - index
      if groupWeight > maxWeight {
        throw .invalidValue("the number has more than \(Decimal.integerDigits) integer digits")
      }
      if groupWeight >= 0 {
        whole = whole * UInt128(groupBase) + UInt128(group)
      } else if groupWeight > minWeight {
        fraction += UInt64(group) * fractionScale(groupWeight)
      } else if groupWeight == minWeight && group % 100 == 0 {
        fraction += UInt64(group / 100)
      } else if group != 0 {
        throw .invalidValue("the number has more than \(Decimal.fractionDigits) fraction digits")
      }
    }
    // Zero groups between the last one sent and the point.
    for _ in 0..<Swift.max(0, weight - count + 1) where count > 0 { whole *= UInt128(groupBase) }
    let units = Int128(whole * unitsPerOne + UInt128(fraction))
    guard let decimal = Decimal(units: sign == negative ? -units : units) else { throw .malformed }
    return decimal
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
    UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
  }

  /// What one unit of a group of weight −1 to −4 counts in 10⁻¹⁸.
  private static func fractionScale(_ weight: Int) -> UInt64 {
    switch weight {
    case -1: 100_000_000_000_000
    case -2: 10_000_000_000
    case -3: 1_000_000
    default: 100
    }
  }
}
