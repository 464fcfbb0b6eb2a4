internal import CDescriptor

extension EnumDescriptor {
  init(
    _ type: Google__Protobuf__EnumDescriptorProto, path: [Int32], _ locations: SourceLocations
  ) {
    name = string(type.name)
    // 2 is EnumDescriptorProto.value.
    values = elements(type.value, type.n_value).mapIndexed {
      EnumValueDescriptor(
        name: string($0.pointee.name), number: $0.pointee.number,
        isDeprecated: $0.pointee.options?.pointee.deprecated ?? 0 != 0,
        options: $0.pointee.options.map { customOptions($0.pointee.base) } ?? [],
        location: locations[path + [2, $1]])
    }
    allowsAlias = type.options?.pointee.allow_alias ?? 0 != 0
    isDeprecated = type.options?.pointee.deprecated ?? 0 != 0
    reserved = Reserved(type)
    options = type.options.map { customOptions($0.pointee.base) } ?? []
    location = locations[path]
  }
}
