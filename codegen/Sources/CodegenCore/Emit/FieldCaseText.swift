import ProtobufC

/// A field in the tables of the contract tests: its number, its two names, its type, how many values it
/// holds, and what they must be.
struct FieldCaseText {
  private let field: FieldModel
  private let message: MessageModel

  init(_ field: FieldModel, of message: MessageModel) {
    self.field = field
    self.message = message
  }

  /// The arguments of `FieldCase`.
  var arguments: [String] {
    let names = [grouped(field.number), quoted(field.protoName), quoted(field.jsonName)]
    let field = names + [type] + [cardinality].compactMap { $0 }
    let rules = [rules, keys].compactMap { $0 }
    // What does not fit on a line is broken before the rules first.
    return rules.isEmpty ? field : [field.joined(separator: ", ")] + rules
  }

  private var rules: String? {
    var arguments: [String] = []
    if field.rules.isRequired { arguments.append("isRequired: true") }
    if let least = field.rules.minItems { arguments.append("minItems: \(grouped(least))") }
    if let most = field.rules.maxItems { arguments.append("maxItems: \(grouped(most))") }
    if field.rules.isUnique { arguments.append("isUnique: true") }
    arguments += value(field.rules.value, field.examples.values)
    return literal("rules", arguments)
  }

  private var keys: String? { literal("keys", value(field.rules.key, field.examples.keys)) }

  private func literal(_ label: String, _ arguments: [String]) -> String? {
    arguments.isEmpty ? nil : "\(label): RuleCase(\(arguments.joined(separator: ", ")))"
  }

  private func value(_ rules: ValueRulesModel, _ examples: [String]) -> [String] {
    var arguments: [String] = []
    func add(_ label: String, _ value: String?) {
      if let value { arguments.append("\(label): \(value)") }
    }
    add("minLength", rules.minLength.map { grouped($0) })
    add("maxLength", rules.maxLength.map { grouped($0) })
    add("pattern", rules.pattern.map(quoted))
    if let lower = rules.lower { add(lower.isIncluded ? "from" : "above", quoted(lower.text)) }
    if let upper = rules.upper { add(upper.isIncluded ? "upTo" : "below", quoted(upper.text)) }
    add("maxScale", rules.maxScale.map { grouped($0) })
    if rules.isDefined { add("isDefined", "true") }
    if rules.isSpecified { add("isSpecified", "true") }
    if !examples.isEmpty { add("examples", "[\(examples.map(quoted).joined(separator: ", "))]") }
    return arguments
  }

  private var type: String {
    switch field.value {
    case .scalar(let type): ".\(type.methodName)"
    case .enumeration(let type, _): ".enumeration(\(type.spelled).self)"
    case .message(let type): ".message(\(type.spelled).self)"
    case .decimal: ".decimal"
    }
  }

  private var cardinality: String? {
    switch field.cardinality {
    case .implicit: nil
    case .explicit: ".optional"
    case .repeated(let packed): packed ? ".packed" : ".repeated"
    case .map(let key): ".map(.\(key.methodName))"
    case .oneof(let index): ".oneof(\(quoted(message.oneofs[index].protoName)))"
    }
  }
}
