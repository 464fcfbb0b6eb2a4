import ProtobufC

/// The rules of a field in words, for whoever fills a request in: a phrase each.
struct RuleText {
  private let field: FieldModel

  init(_ field: FieldModel) { self.field = field }

  /// The phrases; none for a field without rules.
  var phrases: [String] {
    let rules = field.rules
    var phrases = rules.isRequired ? ["required"] : []
    if let count = range(rules.minItems, rules.maxItems, "entry", "entries") {
      phrases.append(count)
    }
    if rules.isUnique { phrases.append("no entry twice") }
    let value = self.value(rules.value, of: field.value)
    switch field.cardinality {
    case .implicit, .explicit, .oneof: phrases += value
    case .repeated: phrases += prefixed("each entry", value)
    case .map(let key):
      phrases += prefixed("each key", self.value(rules.key, of: .scalar(key)))
      phrases += prefixed("each value", value)
    }
    return phrases
  }

  private func prefixed(_ title: String, _ phrases: [String]) -> [String] {
    phrases.isEmpty ? [] : ["\(title): \(phrases.joined(separator: ", "))"]
  }

  private func value(_ rules: ValueRulesModel, of type: ValueType) -> [String] {
    let isBytes = type == .scalar(.bytes)
    return [
      rules.isSpecified ? "not the value 0" : nil,
      rules.isDefined ? "a value that the contract names" : nil,
      range(
        rules.minLength, rules.maxLength, isBytes ? "byte" : "character",
        isBytes ? "bytes" : "characters"),
      rules.pattern.map { "matches \($0)" },
      rules.lower.map { "\($0.isIncluded ? ">=" : ">") \($0.text)" },
      rules.upper.map { "\($0.isIncluded ? "<=" : "<") \($0.text)" },
      rules.maxScale.map(scale),
      rules.isSensitive ? "a secret, which no error repeats" : nil,
    ].compactMap(\.self)
  }

  private func scale(_ digits: Int64) -> String {
    switch digits {
    case 0: "no decimal places"
    case 1: "at most 1 decimal place"
    default: "at most \(digits) decimal places"
    }
  }

  private func range(_ least: Int64?, _ most: Int64?, _ one: String, _ many: String) -> String? {
    func count(_ number: Int64) -> String { "\(number) \(number == 1 ? one : many)" }
    return switch (least, most) {
    case (nil, nil): nil
    case (let least?, nil): "at least \(count(least))"
    case (nil, let most?): "at most \(count(most))"
    case (let least?, let most?):
      least == most ? "exactly \(count(most))" : "\(least) to \(count(most))"
    }
  }
}
