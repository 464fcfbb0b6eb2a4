import Patterns
import ProtobufC

/// Reads the examples of one field, and refuses those that break its rules.
struct ExamplesBuilder {
  private let builder: ModelBuilder
  private let field: FieldModel

  /// The field has its rules already.
  init(_ builder: ModelBuilder, _ field: FieldModel) {
    self.builder = builder
    self.field = field
  }

  func build(_ option: OptionMessage) -> FieldExamples {
    let rules = field.rules
    switch field.cardinality {
    case .implicit, .explicit, .oneof:
      return FieldExamples(
        values: read(option, field.value, rules.value, isRequired: rules.isRequired))
    case .repeated:
      return FieldExamples(values: entries("items", option, field.value, rules.value))
    case .map(let key):
      return FieldExamples(
        values: entries("items", option, field.value, rules.value),
        keys: entries("keys", option, .scalar(key), rules.key))
    }
  }

  private func entries(
    _ name: String, _ option: OptionMessage, _ type: ValueType, _ rules: ValueRulesModel
  ) -> [String] {
    option.messages(name).last.map { read($0, type, rules, isRequired: rules.isSpecified) } ?? []
  }

  private func read(
    _ option: OptionMessage, _ type: ValueType, _ rules: ValueRulesModel, isRequired: Bool
  ) -> [String] {
    option.texts("examples").map { text in
      if let problem = problem(of: text, type, rules, isRequired: isRequired) {
        builder.diagnostics.report(
          field.place, "example \(quoted(text)) of \(field.protoName) \(problem)",
          "state a value that the rules admit")
      }
      return text
    }
  }

  /// Why a text is no example; nil if it is one.
  private func problem(
    of text: String, _ type: ValueType, _ rules: ValueRulesModel, isRequired: Bool
  ) -> String? {
    switch type {
    case .scalar(.string):
      if let pattern = rules.pattern.flatMap({ try? Pattern($0) }), !pattern.matches(text) {
        return "does not match the pattern"
      }
      return self.length(text.unicodeScalars.count, rules, isRequired)
    case .scalar(.bytes):
      return Self.size(ofBase64: text).map { length($0, rules, isRequired) } ?? "is no base64"
    case .enumeration(let type, _):
      let values = TypeIndex(builder).enumeration(type)?.cases ?? []
      guard let value = values.first(where: { $0.shortName == text }) else {
        return "is none of \(values.map(\.shortName).joined(separator: ", "))"
      }
      return isRequired && value.number == 0 ? "counts as not set" : nil
    // Refused with the rules.
    case .message, .scalar(.bool): return nil
    case .decimal, .scalar:
      guard let number = NumberText(text), number.text == text, number.fits(type) else {
        return "is not the shortest form of a number of its type"
      }
      return self.number(number, type, rules, isRequired)
    }
  }

  private func length(_ length: Int, _ rules: ValueRulesModel, _ isRequired: Bool) -> String? {
    if length < rules.minLength ?? (isRequired ? 1 : 0) { return "is too short" }
    return rules.maxLength.map { length > $0 } == true ? "is too long" : nil
  }

  private func number(
    _ number: NumberText, _ type: ValueType, _ rules: ValueRulesModel, _ isRequired: Bool
  ) -> String? {
    if isRequired, field.cardinality == .implicit, number == .zero { return "counts as not set" }
    if let lower = rules.lower, !lower.admits(number, above: true) {
      return "is not \(lower.isIncluded ? ">=" : ">") \(lower.text)"
    }
    if let upper = rules.upper, !upper.admits(number, above: false) {
      return "is not \(upper.isIncluded ? "<=" : "<") \(upper.text)"
    }
    return rules.maxScale.map { number.scale > $0 } == true ? "has too many decimal places" : nil
  }

  /// How many bytes base64 with padding stands for (RFC 4648 section 4); nil for other texts.
  private static func size(ofBase64 text: String) -> Int? {
    let padding = text.reversed().prefix { $0 == "=" }.count
    let digits = text.dropLast(padding)
    guard text.count.isMultiple(of: 4), padding <= 2,
      digits.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "/") })
    else { return nil }
    return text.count / 4 * 3 - padding
  }
}

extension ValueRulesModel.Bound {
  /// Whether a number is on the right side of the bound.
  fileprivate func admits(_ number: NumberText, above: Bool) -> Bool {
    guard let bound = NumberText(text) else { return true }
    return number == bound ? isIncluded : (bound < number) == above
  }
}
