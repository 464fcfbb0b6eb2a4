internal import CDescriptor

/// What a plugin answers to protoc: files, or what is wrong with the `.proto` files.
public struct CodeGeneratorResponse: Sendable, Hashable {
  /// What is wrong, for the person who wrote the contracts.
  ///
  /// Protoc then writes no file.
  public var error: String?
  /// The files to write, relative to the output folder.
  public var files: [File]

  /// A file to write.
  public struct File: Sendable, Hashable {
    /// Its path below the output folder.
    public var name: String
    /// Its whole text.
    public var content: String

    /// Creates a file.
    public init(name: String, content: String) {
      self.name = name
      self.content = content
    }
  }

  /// Creates a response.
  public init(error: String? = nil, files: [File] = []) {
    self.error = error
    self.files = files
  }

  /// The response as a serialized `google.protobuf.compiler.CodeGeneratorResponse`, which states
  /// that the plugin understands proto3 `optional`.
  public func serialized() -> [UInt8] {
    let arena = CStringArena()
    return withExtendedLifetime(arena) { pack(arena) }
  }

  private func pack(_ arena: CStringArena) -> [UInt8] {
    var response = Google__Protobuf__Compiler__CodeGeneratorResponse()
    google__protobuf__compiler__code_generator_response__init(&response)
    response.has_supported_features = 1
    response.supported_features = UInt64(
      GOOGLE__PROTOBUF__COMPILER__CODE_GENERATOR_RESPONSE__FEATURE__FEATURE_PROTO3_OPTIONAL.rawValue
    )
    if let error { response.error = arena.copy(error) }
    var cFiles = files.map { file in
      var cFile = Google__Protobuf__Compiler__CodeGeneratorResponse__File()
      google__protobuf__compiler__code_generator_response__file__init(&cFile)
      cFile.name = arena.copy(file.name)
      cFile.content = arena.copy(file.content)
      return cFile
    }
    return cFiles.withUnsafeMutableBufferPointer { buffer in
      var pointers = buffer.indices.map { index in buffer.baseAddress.map { $0 + index } }
      return pointers.withUnsafeMutableBufferPointer { pointers in
        response.n_file = pointers.count
        response.file = pointers.baseAddress
        let size = google__protobuf__compiler__code_generator_response__get_packed_size(&response)
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
          count = google__protobuf__compiler__code_generator_response__pack(
            &response, bytes.baseAddress)
        }
      }
    }
  }
}

/// C strings that live as long as the arena.
private final class CStringArena {
  private var strings: [UnsafeMutablePointer<CChar>] = []

  deinit {
    for string in strings { string.deallocate() }
  }

  func copy(_ string: String) -> UnsafeMutablePointer<CChar> {
    let characters = Array(string.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: characters.count)
    copy.initialize(from: characters, count: characters.count)
    strings.append(copy)
    return copy
  }
}
