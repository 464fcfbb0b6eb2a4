import ProtobufC

/// A field in the tables of the contract tests: its number, its two names, its type, and how many
/// values it holds.
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
    return names + [type] + [cardinality].compactMap { $0 }
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
