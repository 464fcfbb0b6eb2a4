/// An enum type.
public struct EnumDescriptor: Sendable, Hashable {
  /// The enum's own name.
  public var name: String
  /// Its values, in the order of the file.
  public var values: [EnumValueDescriptor]
  /// Whether two values may share a number.
  public var allowsAlias: Bool
  /// Whether it is marked `deprecated`.
  public var isDeprecated: Bool
  /// The numbers and names that no value may take.
  public var reserved: Reserved
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation
}

/// A value of an enum.
public struct EnumValueDescriptor: Sendable, Hashable {
  /// The value's name, such as `ORDER_SIDE_BUY`.
  public var name: String
  /// Its number.
  public var number: Int32
  /// Whether it is marked `deprecated`.
  public var isDeprecated: Bool
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation
}
