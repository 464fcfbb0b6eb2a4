import ProtobufC

/// Turns one message descriptor into its model.
struct MessageBuilder {
  private let builder: ModelBuilder
  private let message: MessageDescriptor
  private let file: FileDescriptor
  private let type: TypeReference
  private let recursion: Recursion
  private let parents: [String]

  init(
    _ builder: ModelBuilder, _ declared: Schema.Declared<MessageDescriptor>, _ type: TypeReference,
    _ recursion: Recursion
  ) {
    self.builder = builder
    self.message = declared.descriptor
    self.file = declared.file
    self.type = type
    self.recursion = recursion
    self.parents = declared.parents + [declared.descriptor.name]
  }

  func build() -> MessageModel {
    checkExtensions()
    let nested = message.messages.compactMap { builder.message(fullName($0.name, file, parents)) }
    let enums = message.enums.compactMap {
      builder.enumeration($0, fullName($0.name, file, parents), file)
    }
    var properties = UniqueNames()
    var typeNames = UniqueNames()
    for name in nested.map(\.name) + enums.map(\.name) {
      _ = typeNames.claim(name, avoiding: [], suffix: "")
    }
    // Real oneofs come first; protoc puts those it made up for `optional` behind them.
    let realOneofs = Set(message.fields.filter { !$0.isProto3Optional }.compactMap(\.oneofIndex))
    let oneofs = message.oneofs.indices.filter(realOneofs.contains).map { index in
      let oneof = message.oneofs[index]
      return OneofModel(
        protoName: oneof.name,
        name: properties.claim(
          SwiftName.lowerCamel(oneof.name), avoiding: ReservedNames.properties, suffix: "_"),
        typeName: typeNames.claim(
          SwiftName.upperCamel(oneof.name), avoiding: ReservedNames.types, suffix: "OneOf"),
        isRequired: builder.read(
          oneof.options, of: "OneofOptions", at: Place(file: file.name, line: oneof.location.line)
        ).boolean("alphintra.options.required"),
        comment: DocComment(oneof.location))
    }
    var cases = [UniqueNames](repeating: UniqueNames(), count: oneofs.count)
    var model = MessageModel(
      type: type, comment: DocComment(message.location, isDeprecated: message.isDeprecated),
      place: Place(file: file.name, line: message.location.line), fields: [], oneofs: oneofs,
      messages: nested, enums: enums)
    for field in message.fields {
      let name = SwiftName.lowerCamel(field.name)
      if let index = field.oneofIndex, !field.isProto3Optional {
        append(
          field, cases[index].claim(name, avoiding: ReservedNames.members, suffix: "_"), to: &model)
      } else {
        append(
          field, properties.claim(name, avoiding: ReservedNames.properties, suffix: "_"), to: &model
        )
      }
    }
    model.topic = builder.topic(of: model, message.options)
    return model
  }

  private func append(_ field: FieldDescriptor, _ name: String, to model: inout MessageModel) {
    guard let (value, cardinality) = shape(of: field) else { return }
    let options = builder.read(field.options, of: "FieldOptions", at: place(of: field))
    var fieldModel = FieldModel(
      number: field.number, protoName: field.name, jsonName: field.jsonName, name: name,
      comment: DocComment(field.location, isDeprecated: field.isDeprecated),
      place: place(of: field), value: value, cardinality: cardinality,
      isIndirect: field.type == .message && field.label != .repeated
        && recursion.isRecursive(type.proto, fieldType: field.typeName),
      behaviors: Set(options.enumerations("google.api.field_behavior")))
    fieldModel.rules = builder.rules(of: fieldModel, options)
    fieldModel.examples = builder.examples(of: fieldModel, options)
    if case .message(let type) = value {
      fieldModel.holdsChecked = builder.checked.contains(type.proto)
    }
    model.fields.append(fieldModel)
  }

  private func shape(of field: FieldDescriptor) -> (ValueType, FieldModel.Cardinality)? {
    if let entry = mapEntry(of: field) {
      guard entry.fields.count == 2, let value = valueType(of: entry.fields[1], for: field) else {
        return nil
      }
      return (value, .map(key: entry.fields[0].type))
    }
    guard let value = valueType(of: field, for: field) else { return nil }
    if field.label == .repeated {
      return (value, .repeated(packed: isPackable(field.type) && field.packed != false))
    }
    if let index = field.oneofIndex, !field.isProto3Optional { return (value, .oneof(index)) }
    let isExplicit = field.isProto3Optional || field.type == .message
    return (value, isExplicit ? .explicit : .implicit)
  }

  private func mapEntry(of field: FieldDescriptor) -> MessageDescriptor? {
    guard field.type == .message, field.label == .repeated else { return nil }
    return message.messages.first {
      $0.isMapEntry && fullName($0.name, file, parents) == field.typeName
    }
  }

  /// The type of a field's value, or of a map's values; the place is the field's.
  private func valueType(
    of typed: FieldDescriptor, for field: FieldDescriptor
  ) -> ValueType? {
    switch typed.type {
    case .group:
      builder.diagnostics.report(
        place(of: field), "group \(field.name) is not supported", "declare a message and a field")
      return nil
    case .message:
      if typed.typeName == TypeCatalog.decimal { return .decimal }
      guard let type = builder.types[typed.typeName] else {
        builder.diagnostics.report(
          place(of: field), "\(typed.typeName) is not supported",
          "use a message of your own; of google.protobuf there are Any, Duration, Empty, FieldMask, "
            + "Struct, Value, ListValue, Timestamp and the wrappers")
        return nil
      }
      return .message(type)
    case .enum:
      guard let type = builder.types[typed.typeName],
        let declared = builder.schema.enumeration(typed.typeName),
        let model = builder.enumeration(declared.descriptor, typed.typeName, declared.file),
        let zero = model.cases.first(where: { $0.number == 0 })
      else {
        builder.diagnostics.report(
          place(of: field), "\(typed.typeName) is not supported",
          "use an enum of your own whose first value is 0")
        return nil
      }
      return .enumeration(type, zero: zero.name)
    default:
      return .scalar(typed.type)
    }
  }

  private func isPackable(_ type: FieldType) -> Bool {
    switch type {
    case .string, .bytes, .message, .group: false
    default: true
    }
  }

  private func place(of field: FieldDescriptor) -> Place {
    Place(file: file.name, line: field.location.line)
  }

  private func checkExtensions() {
    for field in message.extensions { builder.checkExtension(field, file) }
    if message.hasExtensionRanges {
      builder.diagnostics.report(
        Place(file: file.name, line: message.location.line),
        "\(message.name) declares extension ranges, which are not supported",
        "declare the fields in the message itself")
    }
  }
}
