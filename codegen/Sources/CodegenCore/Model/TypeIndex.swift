import ProtobufC

/// The models of messages and enums by reference, for documents that follow a field to its type.
struct TypeIndex {
  private let builder: ModelBuilder

  init(_ builder: ModelBuilder) { self.builder = builder }

  /// The model of a message; nil for one of `google.protobuf`, which the runtime has.
  func message(_ type: TypeReference) -> MessageModel? { builder.message(type.proto) }

  /// The model of an enum; nil for one of `google.protobuf`.
  func enumeration(_ type: TypeReference) -> EnumModel? {
    builder.schema.enumeration(type.proto).flatMap {
      builder.enumeration($0.descriptor, type.proto, $0.file)
    }
  }

  /// The file that declares an enum.
  func file(of type: TypeReference) -> String? {
    builder.schema.enumeration(type.proto)?.file.name
  }
}
