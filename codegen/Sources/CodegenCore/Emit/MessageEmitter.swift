/// Writes what a message is: a struct of plain properties, its oneofs and the types inside it.
struct MessageEmitter {
  private let message: MessageModel
  private let scope: Scope

  init(_ message: MessageModel, in scope: Scope) {
    self.message = message
    self.scope = scope.inside(message)
  }

  func emit(into writer: inout SwiftWriter) {
    writer.comment(message.comment)
    writer.block("public struct \(message.name): Sendable, Hashable {") { writer in
      properties(&writer)
      writer.line("/// Fields of a newer contract, kept as they came.")
      writer.line("public var unknownFields = Protobuf.UnknownFields()")
      writer.line()
      writer.line("/// A message with every field unset.")
      writer.line("public init() {}")
      for oneof in message.oneofs.indices { self.oneof(oneof, &writer) }
      for type in message.enums {
        writer.line()
        EnumEmitter(type).emit(into: &writer)
      }
      for nested in message.messages {
        writer.line()
        MessageEmitter(nested, in: scope).emit(into: &writer)
      }
    }
  }

  private func properties(_ writer: inout SwiftWriter) {
    var emittedOneofs: Set<Int> = []
    for field in message.fields {
      guard let index = field.oneofIndex else {
        property(field, &writer)
        continue
      }
      guard emittedOneofs.insert(index).inserted else { continue }
      let oneof = message.oneofs[index]
      writer.comment(oneof.comment)
      let name = ReservedNames.declared(oneof.name)
      writer.line("public var \(name): \(oneof.typeName)?")
    }
  }

  private func property(_ field: FieldModel, _ writer: inout SwiftWriter) {
    writer.comment(field.comment)
    let wrapper = field.isIndirect ? "@Protobuf.Indirect " : ""
    let name = ReservedNames.declared(field.name)
    let value = field.defaultLiteral.map { " = \($0)" } ?? ""
    writer.line("\(wrapper)public var \(name): \(field.swiftType(scope.name))\(value)")
  }

  private func oneof(_ index: Int, _ writer: inout SwiftWriter) {
    let oneof = message.oneofs[index]
    writer.line()
    writer.comment(oneof.comment)
    writer.block("public enum \(oneof.typeName): Sendable, Hashable {") { writer in
      for field in message.fields where field.oneofIndex == index {
        writer.comment(field.comment)
        let indirect = field.isIndirect ? "indirect " : ""
        let name = ReservedNames.declared(field.name)
        writer.line("\(indirect)case \(name)(\(field.swiftType(scope.name)))")
      }
    }
  }
}
