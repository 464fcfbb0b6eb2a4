import Foundation

/// What a contract says a value must be, and examples of it.
struct RuleCase: Sendable {
  var isRequired = false
  /// Of lists and maps.
  var minItems = 0
  var maxItems = Int.max
  var isUnique = false
  /// In Unicode scalars, or bytes.
  var minLength = 0
  var maxLength = Int.max
  var pattern: String?
  /// The bounds of a number, by their digits.
  var above: String?
  var from: String?
  var below: String?
  var upTo: String?
  /// The most digits behind a decimal's point.
  var maxScale = Int.max
  var isDefined = false
  var isSpecified = false
  var examples: [String] = []
}

extension RuleCase {
  /// Whether a value keeps the rules, as far as that shows without a matcher of patterns: of a value with a
  /// pattern only the examples are known to keep it.
  func admits(_ leaf: Leaf, _ kind: FieldCase.Kind) -> Bool {
    switch kind {
    case .string:
      return pattern == nil
        && (minLength...maxLength).contains(leaf.parameter.unicodeScalars.count)
    case .bytes: return (minLength...maxLength).contains(leaf.bytes.count)
    // JSON names what the contract knows.
    case .enumeration:
      return !(isDefined && !leaf.json.hasPrefix("\"")) && !(isSpecified && leaf.isDefault)
    case .bool, .message: return true
    default:
      let parts = leaf.parameter.split(separator: ".", omittingEmptySubsequences: false)
      guard let number = Decimal(string: leaf.parameter) else { return false }
      func keeps(_ bound: String?, _ order: (Decimal, Decimal) -> Bool) -> Bool {
        bound.flatMap { Decimal(string: $0) }.map { order(number, $0) } ?? true
      }
      return (parts.count < 2 || parts[1].count <= maxScale)
        && keeps(above, >) && keeps(from, >=) && keeps(below, <) && keeps(upTo, <=)
    }
  }
}
