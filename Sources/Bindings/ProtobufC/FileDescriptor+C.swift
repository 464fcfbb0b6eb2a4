internal import CDescriptor

extension FileDescriptor {
  init(_ file: Google__Protobuf__FileDescriptorProto) throws(ProtobufCError) {
    let locations = SourceLocations(file.source_code_info)
    name = string(file.name)
    package = string(file.package)
    syntax =
      switch string(file.syntax) {
      case "", "proto2": .proto2
      case "proto3": .proto3
      case let other: .other(other)
      }
    let dependencies = elements(file.dependency, file.n_dependency).map { String(cString: $0) }
    self.dependencies = dependencies
    publicDependencies = UnsafeBufferPointer(
      start: file.public_dependency, count: file.n_public_dependency
    ).map { dependencies[Int($0)] }
    options = file.options.map { customOptions($0.pointee.base) } ?? []
    serialized = FileDescriptor.pack(file)
    // The numbers in paths are those of the fields of FileDescriptorProto.
    packageLocation = locations[[2]]
    dependencyLocations = dependencies.indices.map { locations[[3, Int32($0)]] }
    messages = try elements(file.message_type, file.n_message_type).mapIndexed {
      (message, index) throws(ProtobufCError) in
      try MessageDescriptor(message.pointee, path: [4, index], locations)
    }
    enums = elements(file.enum_type, file.n_enum_type).mapIndexed {
      EnumDescriptor($0.pointee, path: [5, $1], locations)
    }
    services = try elements(file.service, file.n_service).mapIndexed {
      (service, index) throws(ProtobufCError) in
      try ServiceDescriptor(service.pointee, path: [6, index], locations)
    }
    extensions = try elements(file.extension, file.n_extension).mapIndexed {
      (field, index) throws(ProtobufCError) in
      try FieldDescriptor(field.pointee, path: [7, index], locations)
    }
  }

  /// protobuf-c writes the options it does not know as it read them.
  private static func pack(_ file: Google__Protobuf__FileDescriptorProto) -> [UInt8] {
    var file = file
    file.source_code_info = nil
    let size = google__protobuf__file_descriptor_proto__get_packed_size(&file)
    return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      count = google__protobuf__file_descriptor_proto__pack(&file, bytes.baseAddress)
    }
  }
}

extension Array {
  /// Maps each element with its index, as source paths count them.
  func mapIndexed<Result, Failure: Error>(
    _ transform: (Element, Int32) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    for (index, element) in enumerated() { results.append(try transform(element, Int32(index))) }
    return results
  }
}
