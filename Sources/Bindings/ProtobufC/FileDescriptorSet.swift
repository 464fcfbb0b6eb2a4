internal import CDescriptor

/// What `protoc --descriptor_set_out` writes: files with, if asked for, everything they import.
public struct FileDescriptorSet: Sendable, Hashable {
  /// The files, each after what it imports.
  public var files: [FileDescriptor]

  /// Creates a set of files.
  public init(files: [FileDescriptor]) { self.files = files }

  /// Reads a serialized `google.protobuf.FileDescriptorSet`.
  ///
  /// Meant for protoc's own output, for the reasons `CodeGeneratorRequest` gives.
  ///
  /// - Parameter bytes: What protoc wrote.
  /// - Throws: `ProtobufCError.malformedDescriptorSet` when the bytes are no such set, and
  ///   `ProtobufCError.unsupported` when a descriptor holds what this version does not know.
  public init(serialized bytes: [UInt8]) throws(ProtobufCError) {
    files = try UnpackedDescriptorSet(bytes).files()
  }
}

/// The C tree protobuf-c builds for a set: one owner, freed once.
private struct UnpackedDescriptorSet: ~Copyable {
  private let root: UnsafeMutablePointer<Google__Protobuf__FileDescriptorSet>

  init(_ bytes: [UInt8]) throws(ProtobufCError) {
    let root = bytes.withUnsafeBufferPointer {
      google__protobuf__file_descriptor_set__unpack(nil, $0.count, $0.baseAddress)
    }
    guard let root else { throw .malformedDescriptorSet }
    self.root = root
  }

  deinit {
    google__protobuf__file_descriptor_set__free_unpacked(root, nil)
  }

  /// The files as plain values.
  func files() throws(ProtobufCError) -> [FileDescriptor] {
    try elements(root.pointee.file, root.pointee.n_file).map { file throws(ProtobufCError) in
      try FileDescriptor(file.pointee)
    }
  }
}
