import Patterns
import ProtobufC

extension ContractLint {
  /// A field whose rules refuse the empty text or 0 shows what they admit.
  func checkExamples(of message: ContractSet.Named<MessageDescriptor>) {
    guard let rules = contracts.rules[message.name] else { return }
    let entries = message.descriptor.messages.filter(\.isMapEntry)
    for field in message.descriptor.fields {
      let option = rules[field.number]
      let entry = entries.first { field.label == .repeated && shortName(field.typeName) == $0.name }
      var lacking: [String] = []
      func check(_ name: String, _ type: FieldDescriptor?, _ option: OptionMessage?) {
        guard let type, let option, option.texts("examples").isEmpty else { return }
        if Self.refusesDefault(option, of: type) { lacking.append(name) }
      }
      if field.label == .repeated {
        check("items.examples", entry?.fields.last ?? field, option.messages("items").last)
        check("keys.examples", entry?.fields.first, option.messages("keys").last)
      } else {
        check("examples", field, option)
      }
      for name in lacking {
        diagnostics.report(
          message.place(field.location),
          "\(message.descriptor.name).\(field.name) does not show what its rules admit",
          "state `\(name)`: the documents, calls to fill in and the contract tests use them")
      }
    }
  }

  /// Whether the empty text or 0 breaks the rules of a value.
  private static func refusesDefault(_ option: OptionMessage, of field: FieldDescriptor) -> Bool {
    switch field.type {
    case .enum, .bool: return false
    case .message where field.typeName != TypeCatalog.decimal: return false
    case .string:
      let pattern = try? Pattern(option.text("pattern"))
      return option.boolean("required") || option.integer("min_length") > 0
        || pattern?.matches("") == false
    case .bytes: return option.boolean("required") || option.integer("min_length") > 0
    default:
      func bound(_ name: String) -> NumberText? { NumberText(option.text(name)) }
      let zero = NumberText.zero
      return option.boolean("required") || bound("gt").map { $0 >= zero } == true
        || bound("gte").map { $0 > zero } == true || bound("lt").map { $0 <= zero } == true
        || bound("lte").map { $0 < zero } == true
    }
  }
}
