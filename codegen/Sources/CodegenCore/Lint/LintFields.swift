import ProtobufC

extension ContractLint {
  /// The types of a platform contract's fields.
  func checkFields(of message: ContractSet.Named<MessageDescriptor>) {
    let entries = message.descriptor.messages.filter(\.isMapEntry)
    for field in message.descriptor.fields {
      let place = message.place(field.location)
      let entry = entries.first { field.label == .repeated && shortName(field.typeName) == $0.name }
      for typed in entry?.fields ?? [field] {
        checkType(typed.type, of: "\(message.descriptor.name).\(field.name)", place)
      }
      if field.name.hasSuffix("_at"), field.typeName != "google.protobuf.Timestamp" {
        diagnostics.report(
          place, "\(message.descriptor.name).\(field.name) is no time",
          "make it a google.protobuf.Timestamp, or call it otherwise")
      }
    }
  }

  private func checkType(_ type: FieldType, of field: String, _ place: Place) {
    switch type {
    case .double, .float:
      diagnostics.report(
        place, "\(field) is binary floating point, which rounds",
        "use alphintra.type.Decimal for money, prices and quantities, and whole numbers with the unit "
          + "in the name for the rest")
    case .uint32, .uint64, .fixed32, .fixed64:
      diagnostics.report(
        place, "\(field) is unsigned", "use int32 or int64, and say in the comment what is refused")
    default: break
    }
  }
}
