/// What protoc asks of a plugin: the files to generate code for, with everything they import.
public struct CodeGeneratorRequest: Sendable, Hashable {
  /// The names of the files given on protoc's command line.
  public var filesToGenerate: [String]
  /// The plugin's parameter, comma-separated; empty when there is none.
  public var parameter: String
  /// Those files and all their imports, each after what it imports.
  public var files: [FileDescriptor]

  /// Reads a serialized `google.protobuf.compiler.CodeGeneratorRequest`.
  ///
  /// Meant for protoc's own output: protobuf-c recurses without a limit and does not check UTF-8,
  /// so bytes from elsewhere do not belong here.
  ///
  /// - Parameter bytes: What protoc writes to a plugin's standard input.
  /// - Throws: `ProtobufCError.malformedRequest` when the bytes are not a request, and
  ///   `ProtobufCError.unsupported` when a descriptor holds what this version does not know.
  public init(serialized bytes: [UInt8]) throws(ProtobufCError) {
    let unpacked = try UnpackedRequest(bytes)
    filesToGenerate = unpacked.filesToGenerate
    parameter = unpacked.parameter
    files = try unpacked.files()
  }
}
