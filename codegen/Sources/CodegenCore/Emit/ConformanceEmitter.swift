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
        let names = "\(quoted(field.jsonName)), \(quoted(field.protoName))"
        let oneof = field.oneofIndex.map { ", oneof: \(quoted(message.oneofs[$0].protoName))" }
        writer.line(".field(\(grouped(field.number)), \(names)\(oneof ?? "")),")
      }
    }
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
