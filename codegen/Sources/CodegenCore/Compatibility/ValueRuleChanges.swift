import Patterns
import ProtobufC

/// The rules of one value that became stricter: of a singular field, of an entry of a list or a map, or
/// of a map's key.
struct ValueRuleChanges {
  private let name: String
  private let type: FieldType
  private let hasUnset: Bool
  private let before: OptionMessage
  private let after: OptionMessage

  /// Compares the rules of a value before and after.
  ///
  /// `hasUnset` says whether the empty text and the number 0 count as not set, which breaks no rule but
  /// `required`.
  init(
    _ name: String, _ field: FieldDescriptor, hasUnset: Bool, _ before: OptionMessage,
    _ after: OptionMessage
  ) {
    self.name = name
    type = field.type
    self.hasUnset = hasUnset
    self.before = before
    self.after = after
  }

  /// What is asked and was not, a sentence each.
  var sentences: [String] {
    let length = CountLimits(
      "min_length", "max_length",
      of: type == .bytes ? ("byte", "bytes") : ("character", "characters"))
    return length.narrowed(name, before, after, free: hasUnset ? 1 : 0)
      + [pattern, defined, bound(.lower), bound(.upper), scale].compactMap(\.self)
  }

  private var pattern: String? {
    let (now, earlier) = (after.text("pattern"), before.text("pattern"))
    guard !now.isEmpty, now != earlier else { return nil }
    guard !earlier.isEmpty else { return "\(name) matches \(now), could be any text" }
    // What is no pattern, the generator reports.
    guard let pattern = try? Pattern(now), let other = try? Pattern(earlier) else { return nil }
    return pattern.textMissed(of: other, isEmptyLeftOut: hasUnset).map {
      "\(name) matches \(now), matched \(earlier): \(quoted($0)) no longer does"
    }
  }

  private var defined: String? {
    guard after.boolean("defined"), !before.boolean("defined") else { return nil }
    return "\(name) is a value that the contract names, could be any number"
  }

  private func bound(_ side: NumberBound.Side) -> String? {
    guard let now = NumberBound(side, of: after) else { return nil }
    let earlier = NumberBound(side, of: before)
    if let limit = earlier ?? NumberBound(side, of: type), !now.isNarrower(than: limit) {
      return nil
    }
    return "\(name) is \(now.text), \(earlier.map { "was \($0.text)" } ?? "could be any number")"
  }

  private var scale: String? {
    guard after.fields["max_scale"] != nil else { return nil }
    let now = after.integer("max_scale")
    guard before.fields["max_scale"] != nil else {
      return "\(name) has at most \(now) decimal places, had any number"
    }
    let earlier = before.integer("max_scale")
    return now < earlier ? "\(name) has at most \(now) decimal places, had at most \(earlier)" : nil
  }
}

/// A bound of a number, itself admitted or not.
private struct NumberBound {
  enum Side {
    case lower, upper
  }

  private let side: Side
  private let number: NumberText
  private let isIncluded: Bool

  /// The bound that rules state; nil without one.
  init?(_ side: Side, of rules: OptionMessage) {
    let (open, closed) = side == .lower ? ("gt", "gte") : ("lt", "lte")
    isIncluded = rules.fields[open] == nil
    guard let number = NumberText(rules.text(isIncluded ? closed : open)) else { return nil }
    self.side = side
    self.number = number
  }

  /// The bound that an integer's type is.
  init?(_ side: Side, of type: FieldType) {
    func end<Integer: FixedWidthInteger>(_: Integer.Type) -> String {
      (side == .lower ? Integer.min : Integer.max).description
    }
    let text: String? =
      switch type {
      case .int32, .sint32, .sfixed32: end(Int32.self)
      case .int64, .sint64, .sfixed64: end(Int64.self)
      case .uint32, .fixed32: end(UInt32.self)
      case .uint64, .fixed64: end(UInt64.self)
      default: nil
      }
    guard let number = text.flatMap(NumberText.init) else { return nil }
    self.side = side
    self.number = number
    isIncluded = true
  }

  /// Such as `> 0`.
  var text: String { "\(side == .lower ? ">" : "<")\(isIncluded ? "=" : "") \(number.text)" }

  /// Whether it keeps out what another bound on the same side admits.
  func isNarrower(than other: NumberBound) -> Bool {
    if number == other.number { return other.isIncluded && !isIncluded }
    return side == .lower ? other.number < number : number < other.number
  }
}
