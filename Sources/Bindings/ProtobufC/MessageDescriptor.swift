/// A message type.
public struct MessageDescriptor: Sendable, Hashable {
  /// The message's own name.
  public var name: String
  /// Its fields, in the order of the file.
  public var fields: [FieldDescriptor]
  /// Its oneofs, which `FieldDescriptor.oneofIndex` counts.
  ///
  /// A proto3 `optional` field has a synthetic one.
  public var oneofs: [OneofDescriptor]
  /// The messages declared inside, map entries among them.
  public var messages: [MessageDescriptor]
  /// The enums declared inside.
  public var enums: [EnumDescriptor]
  /// The extension fields declared inside.
  public var extensions: [FieldDescriptor]
  /// The numbers and names that no field may take.
  public var reserved: Reserved
  /// Whether the message declares extension ranges (proto2 only).
  public var hasExtensionRanges: Bool
  /// Whether protoc made the message up for a map field.
  public var isMapEntry: Bool
  /// Whether it is marked `deprecated`.
  public var isDeprecated: Bool
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation
}

/// A oneof of a message.
public struct OneofDescriptor: Sendable, Hashable {
  /// The oneof's name.
  public var name: String
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation
}
