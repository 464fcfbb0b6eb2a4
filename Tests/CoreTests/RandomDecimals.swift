import TestSupport

extension SeededGenerator {
  /// The text of a decimal of any length, well-formed but not always canonical.
  mutating func decimalText() -> String {
    let whole = digits(count: Int.random(in: 1...20, using: &self), leadingZero: false)
    let fractionCount = Int.random(in: 0...18, using: &self)
    let sign = Bool.random(using: &self) ? "-" : ""
    guard fractionCount > 0 else { return sign + whole }
    return "\(sign)\(whole).\(digits(count: fractionCount, leadingZero: true))"
  }

  /// A decimal text whose size is that of everyday prices and quantities.
  mutating func shortDecimalText() -> String {
    let whole = digits(count: Int.random(in: 1...7, using: &self), leadingZero: false)
    let fraction = digits(count: Int.random(in: 1...9, using: &self), leadingZero: true)
    return "\(Bool.random(using: &self) ? "-" : "")\(whole).\(fraction)"
  }

  /// A decimal text within a few units of the limits of the range or of its machine words.
  mutating func extremeDecimalText() -> String {
    let anchors = [
      "99999999999999999999.99999999999999999", "18446744073709551615.99999999999999999",
      "18446744073709551616.00000000000000000", "0.00000000000000000",
      "170141183460469231.68730371588410572", "9.22337203685477580",
    ]
    let anchor = anchors[Int.random(in: anchors.indices, using: &self)]
    return "\(Bool.random(using: &self) ? "-" : "")\(anchor)\(Int.random(in: 0...9, using: &self))"
  }

  /// Any of the three.
  mutating func anyDecimalText() -> String {
    switch Int.random(in: 0..<3, using: &self) {
    case 0: decimalText()
    case 1: shortDecimalText()
    default: extremeDecimalText()
    }
  }

  private mutating func digits(count: Int, leadingZero: Bool) -> String {
    // Long runs of zeros and nines are where carries and trimming go wrong.
    let palette = ["0", "9", "0123456789"][Int.random(in: 0..<3, using: &self)]
    var text = (0..<count).map { _ in palette.randomElement(using: &self).map(String.init) ?? "" }
      .joined()
    if !leadingZero {
      while text.count > 1, text.hasPrefix("0") { text.removeFirst() }
    }
    return text
  }
}
