import ProtobufC

/// Writes a message for a caller without types: its fields and what is said of them.
struct MessageDescriptionEmitter {
  private let message: MessageModel

  init(_ message: MessageModel) { self.message = message }

  func emit(into writer: inout SwiftWriter) {
    writer.line("MessageDescription(")
    writer.indented { writer in
      writer.line("\(quoted(message.type.proto)),")
      writer.literal(message.comment.text, closing: ",")
      let required = message.oneofs.filter(\.isRequired).map { quoted($0.protoName) }
      if !required.isEmpty { writer.call("requiredOneofs: [", required, "],") }
      guard !message.fields.isEmpty else { return writer.line("[]),") }
      writer.block("[", closing: "]),") { writer in
        for field in message.fields {
          writer.described(
            "FieldDescription(", arguments(of: field), rules: RuleText(field).phrases.map(quoted),
            field.comment)
        }
      }
    }
  }

  private func arguments(of field: FieldModel) -> [String] {
    var arguments = ["\(field.number)", quoted(field.protoName)]
    if field.jsonName != field.protoName { arguments.append("json: \(quoted(field.jsonName))") }
    arguments.append(type(of: field.value))
    if let cardinality = cardinality(of: field) { arguments.append("cardinality: \(cardinality)") }
    if let example = field.example?.line { arguments.append("example: \(quoted(example))") }
    return arguments
  }

  private func type(of value: ValueType) -> String {
    switch value {
    case .scalar(let type): ".\(type.methodName)"
    case .decimal: ".decimal"
    case .enumeration(let type, _): ".enumeration(\(quoted(type.proto)))"
    case .message(let type): ".message(\(quoted(type.proto)))"
    }
  }

  /// Nil where it is the usual for the type.
  private func cardinality(of field: FieldModel) -> String? {
    switch (field.cardinality, field.value) {
    case (.implicit, _), (.explicit, .message), (.explicit, .decimal): nil
    case (.explicit, _): ".optional"
    case (.repeated, _): ".repeated"
    case (.map(let key), _): ".map(key: .\(key.methodName))"
    case (.oneof(let index), _): ".oneof(\(quoted(message.oneofs[index].protoName)))"
    }
  }
}
