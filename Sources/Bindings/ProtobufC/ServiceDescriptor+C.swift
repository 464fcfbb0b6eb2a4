internal import CDescriptor

extension ServiceDescriptor {
  init(
    _ service: Google__Protobuf__ServiceDescriptorProto, path: [Int32],
    _ locations: SourceLocations
  ) throws(ProtobufCError) {
    name = string(service.name)
    // 2 is ServiceDescriptorProto.method.
    methods = try elements(service.method, service.n_method).mapIndexed {
      (method, index) throws(ProtobufCError) in
      try MethodDescriptor(method.pointee, location: locations[path + [2, index]])
    }
    let options = service.options?.pointee
    isDeprecated = options?.deprecated ?? 0 != 0
    self.options = options.map { customOptions($0.base) } ?? []
    location = locations[path]
  }
}

extension MethodDescriptor {
  init(
    _ method: Google__Protobuf__MethodDescriptorProto, location: SourceLocation
  ) throws(ProtobufCError) {
    name = string(method.name)
    inputType = typeName(method.input_type)
    outputType = typeName(method.output_type)
    isClientStreaming = method.has_client_streaming != 0 && method.client_streaming != 0
    isServerStreaming = method.has_server_streaming != 0 && method.server_streaming != 0
    let options = method.options?.pointee
    idempotency = try swiftCase(
      options?.idempotency_level.rawValue ?? 0, field: "MethodOptions.idempotency_level")
    isDeprecated = options?.deprecated ?? 0 != 0
    self.options = options.map { customOptions($0.base) } ?? []
    self.location = location
  }
}
