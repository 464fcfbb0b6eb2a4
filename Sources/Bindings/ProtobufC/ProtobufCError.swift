/// Why descriptors could not be read.
public enum ProtobufCError: Error, Sendable, Hashable {
  /// The bytes are not a `CodeGeneratorRequest`.
  case malformedRequest
  /// The bytes are not a `FileDescriptorSet`.
  case malformedDescriptorSet
  /// A descriptor's field holds a number this version has no name for.
  case unsupported(field: String, value: Int)
}
