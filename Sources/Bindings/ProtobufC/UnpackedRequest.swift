internal import CDescriptor

/// The C tree protobuf-c builds for a request: one owner, freed once.
struct UnpackedRequest: ~Copyable {
  private let root: UnsafeMutablePointer<Google__Protobuf__Compiler__CodeGeneratorRequest>

  init(_ bytes: [UInt8]) throws(ProtobufCError) {
    let root = bytes.withUnsafeBufferPointer {
      google__protobuf__compiler__code_generator_request__unpack(nil, $0.count, $0.baseAddress)
    }
    guard let root else { throw .malformedRequest }
    self.root = root
  }

  deinit {
    google__protobuf__compiler__code_generator_request__free_unpacked(root, nil)
  }

  /// The names of the files to generate code for.
  var filesToGenerate: [String] {
    elements(root.pointee.file_to_generate, root.pointee.n_file_to_generate).map {
      String(cString: $0)
    }
  }

  /// The plugin's parameter.
  var parameter: String { string(root.pointee.parameter) }

  /// The files as plain values.
  func files() throws(ProtobufCError) -> [FileDescriptor] {
    try elements(root.pointee.proto_file, root.pointee.n_proto_file).map {
      file throws(ProtobufCError) in
      try FileDescriptor(file.pointee)
    }
  }
}
