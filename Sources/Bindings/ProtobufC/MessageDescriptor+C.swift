internal import CDescriptor

extension MessageDescriptor {
  init(
    _ message: Google__Protobuf__DescriptorProto, path: [Int32], _ locations: SourceLocations
  ) throws(ProtobufCError) {
    name = string(message.name)
    // The numbers in paths are those of the fields of DescriptorProto.
    fields = try elements(message.field, message.n_field).mapIndexed {
      (field, index) throws(ProtobufCError) in
      try FieldDescriptor(field.pointee, path: path + [2, index], locations)
    }
    messages = try elements(message.nested_type, message.n_nested_type).mapIndexed {
      (nested, index) throws(ProtobufCError) in
      try MessageDescriptor(nested.pointee, path: path + [3, index], locations)
    }
    enums = elements(message.enum_type, message.n_enum_type).mapIndexed {
      EnumDescriptor($0.pointee, path: path + [4, $1], locations)
    }
    extensions = try elements(message.extension, message.n_extension).mapIndexed {
      (field, index) throws(ProtobufCError) in
      try FieldDescriptor(field.pointee, path: path + [6, index], locations)
    }
    oneofs = elements(message.oneof_decl, message.n_oneof_decl).mapIndexed {
      OneofDescriptor(
        name: string($0.pointee.name),
        options: $0.pointee.options.map { customOptions($0.pointee.base) } ?? [],
        location: locations[path + [8, $1]])
    }
    reserved = Reserved(message)
    hasExtensionRanges = message.n_extension_range > 0
    let options = message.options?.pointee
    isMapEntry = options?.map_entry ?? 0 != 0
    isDeprecated = options?.deprecated ?? 0 != 0
    self.options = options.map { customOptions($0.base) } ?? []
    location = locations[path]
  }
}

extension FieldDescriptor {
  init(
    _ field: Google__Protobuf__FieldDescriptorProto, path: [Int32], _ locations: SourceLocations
  ) throws(ProtobufCError) {
    name = string(field.name)
    jsonName = string(field.json_name)
    number = field.number
    label = try swiftCase(field.label.rawValue, field: "FieldDescriptorProto.label")
    type = try swiftCase(field.type.rawValue, field: "FieldDescriptorProto.type")
    typeName = ProtobufC.typeName(field.type_name)
    extendee = ProtobufC.typeName(field.extendee)
    oneofIndex = field.has_oneof_index != 0 ? Int(field.oneof_index) : nil
    isProto3Optional = field.has_proto3_optional != 0 && field.proto3_optional != 0
    let options = field.options?.pointee
    packed = options.flatMap { $0.has_packed != 0 ? $0.packed != 0 : nil }
    isDeprecated = options?.deprecated ?? 0 != 0
    self.options = options.map { customOptions($0.base) } ?? []
    location = locations[path]
  }
}
