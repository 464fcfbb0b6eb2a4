import ProtobufC

extension Compatibility {
  /// Numbers, names, types and cardinality of a message's fields.
  func checkFields(
    of message: ContractSet.Named<MessageDescriptor>, _ now: ContractSet.Named<MessageDescriptor>
  ) {
    let name = shortName(message.name)
    let audience = audience[message.name]
    for field in message.descriptor.fields {
      guard let current = now.descriptor.fields.first(where: { $0.number == field.number }) else {
        checkRemoval(of: field, from: now, audience)
        continue
      }
      let place = now.place(current.location)
      if current.name != field.name {
        diagnostics.report(
          place, "field \(field.number) of \(name) is called \(current.name), was \(field.name)",
          affected: audience.sentence(.json),
          "call it \(field.name) again; a new name is a new field with a new number")
      } else if current.jsonName != field.jsonName {
        diagnostics.report(
          place,
          "\(name).\(field.name) is \"\(current.jsonName)\" in JSON, was \"\(field.jsonName)\"",
          affected: audience.sentence(.json), "state json_name = \"\(field.jsonName)\", or none")
      }
      checkShape(of: field, message, current, now, place, audience)
    }
  }

  private func checkRemoval(
    of field: FieldDescriptor, from now: ContractSet.Named<MessageDescriptor>, _ audience: Audience
  ) {
    let name = shortName(now.name)
    if let moved = now.descriptor.fields.first(where: { $0.name == field.name }) {
      diagnostics.report(
        now.place(moved.location),
        "\(name).\(field.name) has number \(moved.number), was \(field.number)",
        affected: audience.sentence(.binary),
        "give it number \(field.number) again, or the new field another name")
      return
    }
    let reserved = now.descriptor.reserved
    let hasNumber = reserved.numbers.contains { $0.contains(field.number) }
    let hasName = reserved.names.contains(field.name)
    guard !hasNumber || !hasName else { return }
    let missing =
      (hasNumber ? [] : ["`reserved \(field.number);`"])
      + (hasName ? [] : ["`reserved \"\(field.name)\";`"])
    diagnostics.report(
      now.place(now.descriptor.location),
      "field \(field.number) of \(name), \(field.name), is gone",
      affected: audience.sentence(hasNumber ? .json : hasName ? .binary : .any),
      "put it back marked deprecated, or, once nobody sends or reads it, state "
        + missing.joined(separator: " and "))
  }

  private func checkShape(
    of field: FieldDescriptor, _ message: ContractSet.Named<MessageDescriptor>,
    _ current: FieldDescriptor, _ now: ContractSet.Named<MessageDescriptor>, _ place: Place,
    _ audience: Audience
  ) {
    let name = "\(shortName(message.name)).\(current.name)"
    let newField = "put it back; what differs is a new field with a new number"
    let before = Shape(field, in: message.descriptor)
    let after = Shape(current, in: now.descriptor)
    if before.cardinality != after.cardinality {
      diagnostics.report(
        place, "\(name) is \(after.cardinality.rawValue), was \(before.cardinality.rawValue)",
        affected: audience.sentence(), newField)
    } else if !zip(before.types, after.types).allSatisfy(isCompatible) {
      diagnostics.report(
        place, "\(name) is of type \(after.typeText), was \(before.typeText)",
        affected: audience.sentence(), newField)
    }
    if before.oneof != after.oneof {
      diagnostics.report(
        place, "\(name) is in \(after.oneofText), was in \(before.oneofText)",
        affected: audience.sentence(), newField)
    }
  }

  /// Whether what one type writes the other reads, in binary and in JSON.
  private func isCompatible(_ before: FieldDescriptor, _ after: FieldDescriptor) -> Bool {
    switch (before.type, after.type) {
    case (.enum, .enum):
      before.typeName == after.typeName || isSuperset(after.typeName, of: before.typeName)
    case (.message, .message): before.typeName == after.typeName
    case (.int32, .uint32), (.uint32, .int32), (.int64, .uint64), (.uint64, .int64),
      (.fixed32, .sfixed32), (.sfixed32, .fixed32), (.fixed64, .sfixed64), (.sfixed64, .fixed64):
      true
    default: before.type == after.type
    }
  }

  /// Whether an enum that stands elsewhere is the same one with perhaps more values.
  private func isSuperset(_ after: String, of before: String) -> Bool {
    guard shortName(after) == shortName(before),
      let old = old.schema.enumeration(before)?.descriptor,
      let new = new.schema.enumeration(after)?.descriptor
    else { return false }
    let values = Set(new.values.map { "\($0.name)=\($0.number)" })
    return old.values.allSatisfy { values.contains("\($0.name)=\($0.number)") }
  }
}

/// What a field holds and how often.
struct Shape {
  enum Cardinality: String {
    case singular, repeated
    case map = "a map"
  }

  var cardinality: Cardinality
  /// The field itself, or key and value of a map.
  var types: [FieldDescriptor]
  /// The oneof the author wrote.
  var oneof: String?

  init(_ field: FieldDescriptor, in message: MessageDescriptor) {
    let entry = message.messages.first {
      $0.isMapEntry && field.type == .message && field.label == .repeated
        && shortName(field.typeName) == $0.name
    }
    if let entry {
      cardinality = .map
      types = entry.fields
    } else {
      cardinality = field.label == .repeated ? .repeated : .singular
      types = [field]
    }
    if let index = field.oneofIndex, !field.isProto3Optional { oneof = message.oneofs[index].name }
  }

  /// The type as a contract writes it.
  var typeText: String {
    let names = types.map { $0.typeName.isEmpty ? "\($0.type)" : $0.typeName }
    return names.count == 1 ? names[0] : "map<\(names.joined(separator: ", "))>"
  }

  /// Whether the empty text, 0 and the like count as not set.
  var isUnsetByDefault: Bool {
    cardinality == .singular && types[0].oneofIndex == nil && types[0].type != .message
  }

  var oneofText: String { oneof.map { "oneof \($0)" } ?? "no oneof" }
}
