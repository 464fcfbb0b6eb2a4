/// Writes the binary form of a message: reading and writing.
struct BinaryEmitter {
  private let message: MessageModel

  init(_ message: MessageModel) { self.message = message }

  func emit(into writer: inout SwiftWriter) {
    merge(&writer)
    writer.line()
    writer.block("public func encode(into writer: inout BinaryWriter) {") { writer in
      statements(&writer)
      writer.line("writer.unknownFields(self.unknownFields)")
    }
  }

  private func merge(_ writer: inout SwiftWriter) {
    writer.function(
      "public mutating func merge", ["from reader: inout BinaryReader"],
      "throws(BinaryDecodingError)"
    ) { writer in
      writer.block("while let tag = try reader.nextTag() {") { writer in
        writer.choice(over: "tag") { writer in
          for field in message.fieldsByNumber { merge(field, &writer) }
          writer.line("default: try reader.unknown(tag, into: &self.unknownFields)")
        }
      }
    }
  }

  private func merge(_ field: FieldModel, _ writer: inout SwiftWriter) {
    let property = "self.\(field.name)"
    let tag = "case \(grouped(field.tag)):"
    switch (field.cardinality, field.value) {
    case (.oneof(let index), _):
      merge(field, of: message.oneofs[index], &writer)
    case (.repeated, let value):
      writer.choice(tag, "try reader.repeated(&\(property), \(value.coding))")
      // Both forms are read, whichever the contract writes.
      if value.isPackable {
        let packedTag = "case \(grouped(field.packedTag)):"
        writer.choice(packedTag, "try reader.packed(&\(property), \(value.coding))")
      }
    case (.map(let key), let value):
      let codings = "Wire.\(key.codingName).self, \(value.coding)"
      writer.choice(tag, "try reader.map(&\(property), \(codings))")
    case (_, .message), (_, .decimal):
      writer.choice(tag, "try reader.\(field.value.methodName)(&\(property))")
    case (_, .scalar), (_, .enumeration):
      writer.choice(tag, "\(property) = try reader.\(field.value.methodName)()")
    }
  }

  private func merge(_ field: FieldModel, of oneof: OneofModel, _ writer: inout SwiftWriter) {
    let property = "self.\(oneof.name)"
    let tag = "case \(grouped(field.tag)):"
    guard case .message(let type) = field.value else {
      let value = "try reader.\(field.value.methodName)()"
      writer.choice(tag, "\(property) = .\(field.name)(\(value))")
      return
    }
    // A message that comes twice is merged.
    writer.line(tag)
    writer.indented { writer in
      writer.line("var value = \(type.spelled)()")
      writer.line("if case .\(field.name)(let current) = \(property) { value = current }")
      writer.line("try reader.message(&value)")
      writer.line("\(property) = .\(field.name)(value)")
    }
  }

  private func statements(_ writer: inout SwiftWriter) {
    FieldGroup.emit(message, into: &writer) { field in
      let property = "self.\(field.name)"
      let number = grouped(field.number)
      let method = field.value.methodName
      switch (field.cardinality, field.value) {
      case (.repeated(let packed), let value):
        return
          "writer.\(packed ? "packed" : "repeated")(\(number), \(property), \(value.coding))"
      case (.map(let key), let value):
        let codings = "Wire.\(key.codingName).self, \(value.coding)"
        return "writer.map(\(number), \(property), \(codings))"
      case (.explicit, .scalar), (.explicit, .enumeration):
        return "if let value = \(property) { writer.\(method)(\(number), present: value) }"
      default:
        return "writer.\(method)(\(number), \(property))"
      }
    } member: { field in
      "writer.\(field.value.methodName)(\(grouped(field.number)), present: value)"
    }
  }
}

extension ValueType {
  /// Whether repeated values may be packed.
  var isPackable: Bool { wireType != 2 }
}
