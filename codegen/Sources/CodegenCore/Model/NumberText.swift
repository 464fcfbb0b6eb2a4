import ProtobufC

/// A number as a contract states it: digits, perhaps a sign and a point.
struct NumberText: Comparable {
  /// The digits a decimal has at most before and behind the point.
  static let decimalIntegerDigits = 20
  static let decimalFractionDigits = 18

  /// Zero.
  static let zero = NumberText()

  private let isNegative: Bool
  /// Without zeros in front.
  private let whole: String
  /// Without zeros at the end.
  private let fraction: String

  private init() {
    isNegative = false
    whole = ""
    fraction = ""
  }

  /// Reads a text; nil for one that is no number.
  init?(_ text: String) {
    var digits = text[...]
    let isNegative = digits.first == "-"
    if isNegative { digits.removeFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
      return nil
    }
    whole = String(parts[0].drop { $0 == "0" })
    var fraction = parts.count == 2 ? parts[1] : ""
    while fraction.last == "0" { fraction.removeLast() }
    self.fraction = String(fraction)
    self.isNegative = isNegative && !(whole.isEmpty && fraction.isEmpty)
  }

  /// The shortest way to write it.
  var text: String {
    let sign = isNegative ? "-" : ""
    let point = fraction.isEmpty ? "" : ".\(fraction)"
    return sign + (whole.isEmpty ? "0" : whole) + point
  }

  /// The digits behind the point.
  var scale: Int { fraction.count }

  /// Whether a value of the type can be the number.
  func fits(_ type: ValueType) -> Bool {
    switch type {
    case .scalar(.double), .scalar(.float): true
    case .scalar(.int32), .scalar(.sint32), .scalar(.sfixed32): Int32(text) != nil
    case .scalar(.int64), .scalar(.sint64), .scalar(.sfixed64): Int64(text) != nil
    case .scalar(.uint32), .scalar(.fixed32): UInt32(text) != nil
    case .scalar(.uint64), .scalar(.fixed64): UInt64(text) != nil
    case .decimal:
      whole.count <= Self.decimalIntegerDigits && fraction.count <= Self.decimalFractionDigits
    default: false
    }
  }

  static func < (left: NumberText, right: NumberText) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let isSmaller =
      (left.whole.count, left.whole, left.fraction)
      < (right.whole.count, right.whole, right.fraction)
    return left.isNegative ? left != right && !isSmaller : isSmaller
  }
}
