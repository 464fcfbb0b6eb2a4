/// Writes how a message is read and written: an extension, below all the types of its file.
struct ConformanceEmitter {
  private let message: MessageModel

  init(_ message: MessageModel) { self.message = message }

  func emit(into writer: inout SwiftWriter) {
    writer.line()
    writer.block("extension \(message.type.qualified): Protobuf.Message {") { writer in
      writer.line("public static let messageName = \(quoted(message.type.proto))")
      writer.line()
      fields(&writer)
      writer.line()
      BinaryEmitter(message).emit(into: &writer)
      writer.line()
      JSONEmitter(message).emit(into: &writer)
      ValidationEmitter(message).emit(into: &writer)
    }
  }

  private func fields(_ writer: inout SwiftWriter) {
    guard !message.fields.isEmpty else {
      writer.line("public static let fields = Protobuf.FieldNames([])")
      return
    }
    writer.block("public static let fields = Protobuf.FieldNames([", closing: "])") { writer in
      for field in message.fieldsByNumber {
        let arguments = arguments(of: field)
        writer.call(".\(field.tableMethod)(", arguments, "),")
      }
    }
  }

  private func arguments(of field: FieldModel) -> [String] {
    var arguments = [grouped(field.number), quoted(field.jsonName), quoted(field.protoName)]
    if field.tableMethod == "message", case .message(let type) = field.value {
      arguments.append("\(type.spelled).self")
    }
    if let index = field.oneofIndex {
      arguments.append("oneof: \(quoted(message.oneofs[index].protoName))")
    }
    if field.tableMethod == "field", field.value.isNull { arguments.append("takesNull: true") }
    return arguments
  }
}

extension FieldModel {
  /// What a field is in the table of a message's fields.
  fileprivate var tableMethod: String {
    switch (cardinality, value) {
    case (.repeated, _), (.map, _): "repeated"
    case (_, .message): "message"
    default: "field"
    }
  }
}

extension ValueType {
  /// Whether JSON's `null` is its value.
  fileprivate var isNull: Bool {
    if case .enumeration(let type, _) = self { type.proto == TypeCatalog.null } else { false }
  }
}

extension MessageModel {
  /// The fields in the order of the wire.
  var fieldsByNumber: [FieldModel] { fields.sorted { $0.number < $1.number } }

  /// The fields in the order of the wire; members of a oneof that follow each other as one group.
  var fieldGroups: [FieldGroup] {
    var groups: [FieldGroup] = []
    for field in fieldsByNumber {
      if let index = field.oneofIndex {
        if case .oneof(index, let members)? = groups.last {
          groups[groups.count - 1] = .oneof(index, members + [field])
        } else {
          groups.append(.oneof(index, [field]))
        }
      } else {
        groups.append(.field(field))
      }
    }
    return groups
  }
}

/// What is written with one statement.
enum FieldGroup {
  case field(FieldModel)
  case oneof(Int, [FieldModel])

  /// Writes a statement for each field, and one switch for a group of a oneof's members.
  static func emit(
    _ message: MessageModel, into writer: inout SwiftWriter,
    field: (FieldModel) -> String, member: (FieldModel) -> String
  ) {
    for group in message.fieldGroups {
      switch group {
      case .field(let model): writer.statement(field(model))
      case .oneof(let index, let members):
        writer.choice(over: "self.\(message.oneofs[index].name)") { writer in
          for model in members {
            writer.choice("case .\(model.name)(let value):", member(model))
          }
          let isWhole = members.count == message.fields.filter { $0.oneofIndex == index }.count
          writer.line(isWhole ? "case nil: break" : "default: break")
        }
      }
    }
  }
}
