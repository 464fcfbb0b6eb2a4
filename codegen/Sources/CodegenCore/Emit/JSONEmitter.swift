/// Writes the JSON form of a message: reading and writing.
struct JSONEmitter {
  private let message: MessageModel

  init(_ message: MessageModel) { self.message = message }

  func emit(into writer: inout SwiftWriter) {
    merge(&writer)
    writer.line()
    writer.block("public func encode(into writer: inout JSONWriter) {") { writer in
      writer.line("writer.beginObject()")
      FieldGroup.emit(message, into: &writer) { field in
        let names = "\(quoted(field.jsonName)), \(quoted(field.protoName))"
        return "writer.\(field.jsonMethod)(\(names), self.\(field.name))"
      } member: { field in
        "writer.field(\(quoted(field.jsonName)), \(quoted(field.protoName)), present: value)"
      }
      writer.line("writer.endObject()")
    }
  }

  private func merge(_ writer: inout SwiftWriter) {
    writer.function(
      "public mutating func merge", ["from reader: inout JSONReader"],
      "throws(JSONDecodingError)"
    ) { writer in
      writer.line("var object = try reader.object(Self.fields)")
      writer.block("while let field = try reader.nextField(&object) {") { writer in
        writer.choice(over: "field") { writer in
          for field in message.fieldsByNumber { merge(field, &writer) }
          writer.line("default: try reader.skipValue()")
        }
      }
    }
  }

  private func merge(_ field: FieldModel, _ writer: inout SwiftWriter) {
    let label = "case \(grouped(field.number)):"
    guard let index = field.oneofIndex else {
      writer.choice(label, "try reader.\(field.jsonMethod)(&self.\(field.name))")
      return
    }
    let property = "self.\(message.oneofs[index].name)"
    let type = field.value.swiftType(\.spelled)
    let condition = "if let value = try reader.value(as: \(type).self)"
    writer.choice(label, "\(condition) { \(property) = .\(field.name)(value) }")
  }
}

extension FieldModel {
  /// The method of the JSON reader and writer.
  fileprivate var jsonMethod: String {
    switch cardinality {
    case .implicit, .explicit, .oneof: "field"
    case .repeated: "repeated"
    case .map: "map"
    }
  }
}
