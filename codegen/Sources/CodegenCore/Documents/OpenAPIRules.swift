import Patterns
import ProtobufC

/// Writes what the rules of a field ask for as JSON Schema.
///
/// The range of a number that is a string in JSON has no word there: it stands under `x-minimum`,
/// `x-exclusiveMinimum`, `x-maximum` and `x-exclusiveMaximum`.
struct OpenAPIRules {
  private let value: ValueType
  private let rules: ValueRulesModel
  private let defaultValue: JSONNode

  /// The rules of one value, of a singular field or of an entry; `defaultValue` is what a field holds
  /// that is not set.
  init(_ rules: ValueRulesModel, of value: ValueType, defaultValue: JSONNode) {
    self.rules = rules
    self.value = value
    self.defaultValue = defaultValue
  }

  /// The schema of a value with what the rules ask for.
  func constrain(_ schema: JSONNode) -> JSONNode {
    switch value {
    case .scalar(.string): text(schema)
    case .scalar(.bytes): bytes(schema)
    case .scalar(let type) where type.isTextInJSON: number(schema)
    case .decimal: decimal(schema)
    case .scalar(.double), .scalar(.float):
      hasRange ? range(schema["anyOf"]?.first ?? schema) : schema
    case .scalar: range(schema)
    case .enumeration: rules.isSpecified ? schema.adding(notDefault) : schema
    case .message: schema
    }
  }

  /// The schema of a field that holds its default where it is not set.
  ///
  /// The default breaks no rule, but that the field is required.
  func constrain(_ schema: JSONNode, isRequired: Bool) -> JSONNode {
    let constrained = constrain(schema)
    guard isRequired else {
      return isBrokenByDefault
        ? ["anyOf": [["const": defaultValue], constrained]] : constrained
    }
    guard case .scalar(let type) = value, type == .string || type == .bytes else {
      return isBrokenByDefault ? constrained : constrained.adding(notDefault)
    }
    return constrained["minLength"] == nil ? constrained.adding(["minLength": 1]) : constrained
  }

  // MARK: - Values

  private func text(_ schema: JSONNode) -> JSONNode {
    var node = schema
    if rules.isSensitive { node["format"] = "password" }
    node["minLength"] = rules.minLength.map { .integer($0) }
    node["maxLength"] = rules.maxLength.map { .integer($0) }
    node["pattern"] = rules.pattern.map { .text("^(?:\($0))$") }
    return node
  }

  /// Base64 has four characters for three bytes, the last ones with or without padding.
  private func bytes(_ schema: JSONNode) -> JSONNode {
    var node = schema
    node["minLength"] = rules.minLength.map { .integer(($0 * 4 + 2) / 3) }
    node["maxLength"] = rules.maxLength.map { .integer(($0 + 2) / 3 * 4) }
    return node
  }

  private func range(_ schema: JSONNode, _ prefix: String = "") -> JSONNode {
    var node = schema
    func state(_ bound: ValueRulesModel.Bound?, _ included: String, _ excluded: String) {
      guard let bound else { return }
      let name = prefix + (bound.isIncluded ? included : excluded)
      node[name] = prefix.isEmpty ? .number(bound.text) : .text(bound.text)
    }
    state(rules.lower, "minimum", "exclusiveMinimum")
    state(rules.upper, "maximum", "exclusiveMaximum")
    return node
  }

  /// A 64-bit integer, a string in JSON.
  private func number(_ schema: JSONNode) -> JSONNode {
    var node = schema
    if isNeverNegative { node["pattern"] = OpenAPIValues.schema(of: .uint64)["pattern"] }
    return range(node, "x-")
  }

  /// A decimal, a string in JSON, whose schema says how many digits it has at most.
  private func decimal(_ schema: JSONNode) -> JSONNode {
    var node = schema
    let sign = isNeverNegative ? "" : "-?"
    switch rules.maxScale {
    case nil: node["pattern"] = sign.isEmpty ? "^[0-9.]+$" : nil
    case 0?: node["pattern"] = .text("^\(sign)[0-9]+(\\.0+)?$")
    case let scale?: node["pattern"] = .text("^\(sign)[0-9]+(\\.[0-9]{1,\(scale)}0*)?$")
    }
    return range(node, "x-")
  }

  private var hasRange: Bool { rules.lower != nil || rules.upper != nil }

  private var isNeverNegative: Bool { rules.lower.map { !$0.text.hasPrefix("-") } ?? false }

  // MARK: - Defaults

  /// Whether what a field holds that is not set would break the rules.
  private var isBrokenByDefault: Bool {
    if (rules.minLength ?? 0) > 0 { return true }
    if let text = rules.pattern, let pattern = try? Pattern(text) { return !pattern.matches("") }
    let zero = NumberText.zero
    let isBelow = rules.lower.map { $0.isIncluded ? zero < $0.number : zero <= $0.number } ?? false
    let isAbove = rules.upper.map { $0.isIncluded ? zero > $0.number : zero >= $0.number } ?? false
    return isBelow || isAbove
  }

  private var notDefault: JSONNode { ["not": ["const": defaultValue]] }
}

extension FieldType {
  /// Whether JSON writes the number as a string.
  var isTextInJSON: Bool {
    switch self {
    case .int64, .uint64, .sint64, .fixed64, .sfixed64: true
    default: false
    }
  }
}

extension ValueRulesModel.Bound {
  /// The bound as a number; the model has no other.
  fileprivate var number: NumberText { NumberText(text) ?? NumberText.zero }
}
