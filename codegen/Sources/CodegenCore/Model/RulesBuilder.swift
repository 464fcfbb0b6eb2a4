import Patterns
import ProtobufC

/// Reads the rules of one field.
struct RulesBuilder {
  private let builder: ModelBuilder
  private let field: FieldModel

  init(_ builder: ModelBuilder, _ field: FieldModel) {
    self.builder = builder
    self.field = field
  }

  func build(_ option: OptionMessage) -> FieldRulesModel {
    var rules = FieldRulesModel()
    switch field.cardinality {
    case .repeated, .map:
      refuse(
        option, except: Self.rulesOfMany, "is a list or a map",
        "state what its entries must be in `items`, its keys in `keys`")
      rules.minItems = count("min_items", option)
      rules.maxItems = count("max_items", option)
      checkOrder(rules.minItems, rules.maxItems, "min_items", "max_items")
      rules.isUnique = isUnique(option)
      if let items = option.messages("items").last {
        rules.value = value(items, of: field.value, isEntry: true)
      }
      rules.key = key(option)
    case .implicit, .explicit, .oneof:
      refuse(
        option, of: Self.rulesOfMany,
        "is not a list or a map", "drop it, or make the field `repeated`")
      rules.isRequired = isRequired(option)
      rules.value = value(option, of: field.value, isEntry: false)
    }
    return rules
  }

  // MARK: - Fields

  private func isRequired(_ option: OptionMessage) -> Bool {
    guard option.boolean("required") else { return false }
    switch (field.cardinality, field.value) {
    case (.oneof, _):
      report(
        "required", "is a member of a oneof",
        "state `option (alphintra.options.required) = true;` in the oneof")
    case (.implicit, .scalar(.bool)):
      report("required", "does not tell false from unset", "make it `optional`, or drop the rule")
    default: break
    }
    return true
  }

  private func isUnique(_ option: OptionMessage) -> Bool {
    guard option.boolean("unique") else { return false }
    switch (field.cardinality, field.value) {
    case (.map, _):
      report("unique", "is a map, whose keys are unique by themselves", "drop it")
    case (_, .message): report("unique", "is a list of messages", "drop it, or give them a key")
    case (_, .scalar(.double)), (_, .scalar(.float)):
      report("unique", "is a list of binary fractions, which are not compared", "drop it")
    default: break
    }
    return true
  }

  private func key(_ option: OptionMessage) -> ValueRulesModel {
    guard let keys = option.messages("keys").last else { return ValueRulesModel() }
    guard case .map(let type) = field.cardinality else {
      report("keys", "is not a map", "drop it")
      return ValueRulesModel()
    }
    return value(keys, of: .scalar(type), isEntry: true, "keys.")
  }

  // MARK: - Values

  private func value(
    _ option: OptionMessage, of type: ValueType, isEntry: Bool, _ prefix: String = ""
  ) -> ValueRulesModel {
    let prefix = isEntry && prefix.isEmpty ? "items." : prefix
    var rules = ValueRulesModel()
    let (fitting, kind) = Self.fitting(type)
    // Of a singular field the rules of lists and maps have been refused.
    var known = fitting + (isEntry ? [] : ["required"] + Self.rulesOfMany)
    if isEntry, case .enumeration = type { known.append("required") }
    if !fitting.isEmpty { known.append("examples") }
    refuse(
      option, except: known, "is \(kind)",
      fitting.isEmpty
        ? "drop it" : "state what fits: " + fitting.joined(separator: ", "), prefix)
    rules.isSpecified = isEntry && known.contains("required") && option.boolean("required")
    rules.minLength = count("min_length", option, prefix)
    rules.maxLength = count("max_length", option, prefix)
    checkOrder(rules.minLength, rules.maxLength, prefix + "min_length", prefix + "max_length")
    rules.pattern = pattern(option, prefix)
    rules.isDefined = option.boolean("defined")
    rules.isSensitive = option.boolean("sensitive")
    if fitting.contains("gt") { readRange(option, of: type, into: &rules, prefix) }
    if let scale = option.fields["max_scale"] == nil ? nil : option.integer("max_scale") {
      if !(0...Int64(NumberText.decimalFractionDigits)).contains(scale) {
        report(
          prefix + "max_scale", "cannot have \(scale) digits behind the point",
          "state 0 to \(NumberText.decimalFractionDigits)")
      }
      rules.maxScale = scale
    }
    return rules
  }

  /// The rules of lists and maps.
  private static let rulesOfMany = ["min_items", "max_items", "unique", "items", "keys"]

  /// The rules that fit a type, and the type in words.
  private static func fitting(_ type: ValueType) -> (rules: [String], kind: String) {
    let range = ["gt", "gte", "lt", "lte"]
    switch type {
    case .scalar(.string): return (["min_length", "max_length", "pattern", "sensitive"], "a text")
    case .scalar(.bytes): return (["min_length", "max_length"], "bytes")
    case .scalar(.bool): return ([], "a bool")
    case .scalar: return (range, "a number")
    case .enumeration: return (["defined"], "an enum")
    case .decimal: return (range + ["max_scale"], "a decimal")
    case .message: return ([], "a message, whose fields have rules of their own")
    }
  }

  private func pattern(_ option: OptionMessage, _ prefix: String) -> String? {
    guard option.fields["pattern"] != nil else { return nil }
    let text = option.text("pattern")
    do throws(PatternError) { _ = try Pattern(text) } catch {
      report(
        prefix + "pattern", "is not of our dialect: \(error)",
        "see `pattern` in alphintra/options/options.proto")
      return nil
    }
    return text
  }

  private func readRange(
    _ option: OptionMessage, of type: ValueType, into rules: inout ValueRulesModel,
    _ prefix: String
  ) {
    rules.lower = bound("gt", "gte", option, of: type, prefix)
    rules.upper = bound("lt", "lte", option, of: type, prefix)
    guard let lower = rules.lower, let upper = rules.upper,
      let from = NumberText(lower.text), let to = NumberText(upper.text)
    else { return }
    if to < from || (to == from && !(lower.isIncluded && upper.isIncluded)) {
      report(prefix + "gt", "has a range without a number", "let the upper bound be the greater")
    }
  }

  private func bound(
    _ open: String, _ closed: String, _ option: OptionMessage, of type: ValueType,
    _ prefix: String
  ) -> ValueRulesModel.Bound? {
    if option.fields[open] != nil, option.fields[closed] != nil {
      report(prefix + open, "states \(closed) as well", "state one of the two")
    }
    guard let name = [open, closed].first(where: { option.fields[$0] != nil }) else { return nil }
    let text = option.text(name)
    guard let number = NumberText(text), number.fits(type) else {
      report(
        prefix + name, "has \"\(text)\" as a bound, which its type cannot hold",
        "write digits, with a point where the type has one")
      return nil
    }
    return ValueRulesModel.Bound(text: number.text, isIncluded: name == closed)
  }

  // MARK: - Helpers

  private func count(
    _ name: String, _ option: OptionMessage, _ prefix: String = ""
  ) -> Int64? {
    let count = option.integer(name)
    if count < 0 { report(prefix + name, "has \(count)", "state a positive number") }
    return count == 0 ? nil : count
  }

  private func checkOrder(_ least: Int64?, _ most: Int64?, _ lower: String, _ upper: String) {
    guard let least, let most, least > most else { return }
    report(lower, "has \(least), more than \(upper)", "let \(upper) be the greater")
  }

  private func refuse(
    _ option: OptionMessage, except known: [String], _ reason: String, _ remedy: String,
    _ prefix: String = ""
  ) {
    let unfit = option.fields.keys.filter { !known.contains($0) }
    refuse(option, of: unfit.sorted(), reason, remedy, prefix)
  }

  private func refuse(
    _ option: OptionMessage, of unfit: [String], _ reason: String, _ remedy: String,
    _ prefix: String = ""
  ) {
    for name in unfit where option.fields[name] != nil { report(prefix + name, reason, remedy) }
  }

  private func report(_ rule: String, _ reason: String, _ remedy: String) {
    builder.diagnostics.report(
      field.place, "rule \(rule) does not fit: \(field.protoName) \(reason)", remedy)
  }
}
