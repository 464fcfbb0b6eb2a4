import ProtobufC

/// What a message asks of its fields and oneofs.
struct ContractRuleSet {
  /// The rules of fields that state some, by number.
  private var fields: [Int32: OptionMessage] = [:]
  /// The oneofs of which a member must be set: name, and numbers of the members.
  private(set) var requiredOneofs: [(name: String, members: Set<Int32>)] = []

  init(_ message: MessageDescriptor, _ reader: OptionReader) throws(OptionError) {
    for field in message.fields {
      let options = try reader.read(field.options, of: "google.protobuf.FieldOptions")
      fields[field.number] = options.messages("alphintra.options.rules").last
    }
    for (index, oneof) in message.oneofs.enumerated() {
      let options = try reader.read(oneof.options, of: "google.protobuf.OneofOptions")
      guard options.boolean("alphintra.options.required") else { continue }
      let members = message.fields.filter { $0.oneofIndex == index }.map(\.number)
      requiredOneofs.append((oneof.name, Set(members)))
    }
  }

  /// The rules of a field; without any for one that states none.
  subscript(number: Int32) -> OptionMessage { fields[number] ?? OptionMessage() }
}
