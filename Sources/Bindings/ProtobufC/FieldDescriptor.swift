/// A field, or an extension field.
public struct FieldDescriptor: Sendable, Hashable {
  /// The field's name, in snake case.
  public var name: String
  /// The name in JSON, as protoc derived it or `json_name` states it.
  public var jsonName: String
  /// The field number.
  public var number: Int32
  /// Singular, repeated or (proto2) required.
  public var label: Label
  /// The field's type.
  public var type: FieldType
  /// For messages, groups and enums: the type's full name, without the leading dot.
  public var typeName: String
  /// For an extension: the full name of the message it extends, without the leading dot.
  public var extendee: String
  /// The oneof it belongs to, real or synthetic.
  public var oneofIndex: Int?
  /// Whether it is a proto3 `optional`: its oneof is then synthetic.
  public var isProto3Optional: Bool
  /// What the `packed` option states; nil where the default of the dialect holds.
  public var packed: Bool?
  /// Whether it is marked `deprecated`.
  public var isDeprecated: Bool
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation

  /// How many values a field holds.
  public enum Label: Int, Sendable, Hashable {
    /// At most one.
    case optional = 1
    /// Exactly one (proto2).
    case required = 2
    /// Any number.
    case repeated = 3
  }
}
