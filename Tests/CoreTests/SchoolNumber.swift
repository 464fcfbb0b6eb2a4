import Core

/// The slow, obvious twin of `Decimal`: digits in an array, arithmetic as taught at school.
///
/// A value is `digits` (least significant first) × 10⁻ˢᶜᵃˡᵉ with a sign; nothing is ever too large.
struct SchoolNumber: Equatable {
  var isNegative = false
  var digits: [Int] = []
  var scale = 0

  init(digits: [Int], scale: Int, isNegative: Bool) {
    self.digits = digits
    self.scale = scale
    self.isNegative = isNegative
    while let last = self.digits.last, last == 0 { self.digits.removeLast() }
    if self.digits.isEmpty { self.isNegative = false }
  }

  /// Reads `-12.5`; the text must be well-formed.
  init(_ text: String) {
    let unsigned = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let point = unsigned.firstIndex(of: ".")
    let scale = point.map { unsigned.distance(from: $0, to: unsigned.endIndex) - 1 } ?? 0
    let digits = unsigned.filter { $0 != "." }.reversed().compactMap(\.wholeNumberValue)
    self.init(digits: digits, scale: scale, isNegative: text.hasPrefix("-"))
  }

  /// Canonical text.
  var text: String {
    var digits = digits
    while digits.count <= scale { digits.append(0) }
    var whole = String(digits[scale...].reversed().map(String.init).joined())
    var fraction = String(digits[..<scale].reversed().map(String.init).joined())
    while fraction.hasSuffix("0") { fraction.removeLast() }
    if whole.isEmpty { whole = "0" }
    return (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Whether at most 20 digits stand before the point.
  var isInRange: Bool { digits.count - scale <= Decimal.integerDigits }

  /// The same value with more digits after the point.
  func extended(to scale: Int) -> SchoolNumber {
    SchoolNumber(
      digits: Array(repeating: 0, count: scale - self.scale) + digits, scale: scale,
      isNegative: isNegative)
  }

  static func compareMagnitudes(_ left: [Int], _ right: [Int]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for (a, b) in zip(left.reversed(), right.reversed()) where a != b { return a < b ? -1 : 1 }
    return 0
  }

  static func add(_ left: [Int], _ right: [Int]) -> [Int] {
    var sum: [Int] = []
    var carry = 0
    for index in 0..<max(left.count, right.count) {
      let digit =
        (index < left.count ? left[index] : 0) + (index < right.count ? right[index] : 0) + carry
      sum.append(digit % 10)
      carry = digit / 10
    }
    if carry > 0 { sum.append(carry) }
    return sum
  }

  /// The difference of magnitudes, the left at least as large.
  static func subtract(_ left: [Int], _ right: [Int]) -> [Int] {
    var difference: [Int] = []
    var borrow = 0
    for index in left.indices {
      var digit = left[index] - (index < right.count ? right[index] : 0) - borrow
      borrow = digit < 0 ? 1 : 0
      if digit < 0 { digit += 10 }
      difference.append(digit)
    }
    while difference.last == 0 { difference.removeLast() }
    return difference
  }

  static func + (left: SchoolNumber, right: SchoolNumber) -> SchoolNumber {
    let scale = max(left.scale, right.scale)
    let (a, b) = (left.extended(to: scale), right.extended(to: scale))
    if a.isNegative == b.isNegative {
      return SchoolNumber(
        digits: add(a.digits, b.digits), scale: scale, isNegative: a.isNegative)
    }
    if compareMagnitudes(a.digits, b.digits) >= 0 {
      return SchoolNumber(
        digits: subtract(a.digits, b.digits), scale: scale, isNegative: a.isNegative)
    }
    return SchoolNumber(
      digits: subtract(b.digits, a.digits), scale: scale, isNegative: b.isNegative)
  }

  static func * (left: SchoolNumber, right: SchoolNumber) -> SchoolNumber {
    var product: [Int] = []
    for (shift, digit) in left.digits.enumerated() {
      for _ in 0..<digit {
        product = add(product, Array(repeating: 0, count: shift) + right.digits)
      }
    }
    return SchoolNumber(
      digits: product, scale: left.scale + right.scale,
      isNegative: left.isNegative != right.isNegative)
  }

  /// Long division: the quotient with `scale` fraction digits and what is left, as magnitudes.
  static func divide(
    _ left: SchoolNumber, _ right: SchoolNumber, scale: Int
  ) -> (quotient: [Int], remainder: [Int], divisor: [Int]) {
    let shift = scale - left.scale + right.scale
    let dividend = Array(repeating: 0, count: max(0, shift)) + left.digits
    let divisor = Array(repeating: 0, count: max(0, -shift)) + right.digits
    var remainder: [Int] = []
    var quotient: [Int] = []
    for digit in dividend.reversed() {
      remainder.insert(digit, at: 0)
      while remainder.last == 0 { remainder.removeLast() }
      var count = 0
      while compareMagnitudes(remainder, divisor) >= 0 {
        remainder = subtract(remainder, divisor)
        count += 1
      }
      quotient.insert(count, at: 0)
    }
    while quotient.last == 0 { quotient.removeLast() }
    return (quotient, remainder, divisor)
  }

  /// The quotient rounded to `scale` fraction digits.
  func divided(by other: SchoolNumber, scale: Int, _ rule: RoundingRule) -> SchoolNumber {
    var (quotient, remainder, divisor) = Self.divide(self, other, scale: scale)
    let isNegative = isNegative != other.isNegative
    let twice = Self.compareMagnitudes(Self.add(remainder, remainder), divisor)
    let isOdd = (quotient.first ?? 0) % 2 == 1
    let grows =
      switch rule {
      case .down: isNegative
      case .up: !isNegative
      case .towardZero: false
      case .awayFromZero: true
      case .toNearestOrEven: twice > 0 || (twice == 0 && isOdd)
      case .toNearestOrAwayFromZero: twice >= 0
      }
    if grows, !remainder.isEmpty { quotient = Self.add(quotient, [1]) }
    return SchoolNumber(digits: quotient, scale: scale, isNegative: isNegative)
  }

  /// The value rounded to `scale` fraction digits.
  func rounded(scale: Int, _ rule: RoundingRule) -> SchoolNumber {
    divided(by: SchoolNumber("1"), scale: scale, rule)
  }
}
