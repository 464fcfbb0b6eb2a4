extension Google {
  /// A scalar with presence, in JSON the scalar itself; source: google/protobuf/wrappers.proto.
  ///
  /// The nine wrapper messages are this type with nine codings: `StringValue`, `Int64Value` …
  public struct Wrapper<Coding: WrappedCoding>: Message {
    /// The full name in the contract.
    public static var messageName: String { "google.protobuf.\(Coding.wrapperName)" }
    /// The field by name.
    public static var fields: FieldNames { wrapperFields }

    /// The scalar.
    public var value: Coding.Value
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// A scalar with its default value.
    public init() { value = Coding.zero }

    /// Takes a scalar.
    public init(_ value: Coding.Value) { self.value = value }

    /// Reads the scalar.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        if tag == 1 << 3 | Coding.wireType {
          try Coding.merge(into: &value, from: &reader)
        } else {
          try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    /// Writes the scalar unless it has its default value.
    public func encode(into writer: inout BinaryWriter) {
      if !value.isDefault {
        writer.reserve()
        writer.tag(1, Coding.wireType)
        Coding.write(value, to: &writer)
      }
      writer.unknownFields(unknownFields)
    }

    /// Reads the scalar.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      try reader.field(&value)
    }

    /// Writes the scalar.
    public func encode(into writer: inout JSONWriter) { value.encode(into: &writer) }
  }

  /// An optional `double`.
  public typealias DoubleValue = Wrapper<Wire.Double>
  /// An optional `float`.
  public typealias FloatValue = Wrapper<Wire.Float>
  /// An optional `int64`.
  public typealias Int64Value = Wrapper<Wire.Int64>
  /// An optional `uint64`.
  public typealias UInt64Value = Wrapper<Wire.UInt64>
  /// An optional `int32`.
  public typealias Int32Value = Wrapper<Wire.Int32>
  /// An optional `uint32`.
  public typealias UInt32Value = Wrapper<Wire.UInt32>
  /// An optional `bool`.
  public typealias BoolValue = Wrapper<Wire.Bool>
  /// An optional `string`.
  public typealias StringValue = Wrapper<Wire.String>
  /// An optional `bytes`.
  public typealias BytesValue = Wrapper<Wire.Bytes>
}

private let wrapperFields = FieldNames([.field(1, "value", "value")])

/// A coding that a wrapper message exists for.
public protocol WrappedCoding: FieldCoding where Value: JSONScalar {
  /// The wrapper's name in package `google.protobuf`.
  static var wrapperName: String { get }
}

extension Wire.Double: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "DoubleValue" }
}
extension Wire.Float: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "FloatValue" }
}
extension Wire.Int64: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "Int64Value" }
}
extension Wire.UInt64: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "UInt64Value" }
}
extension Wire.Int32: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "Int32Value" }
}
extension Wire.UInt32: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "UInt32Value" }
}
extension Wire.Bool: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "BoolValue" }
}
extension Wire.String: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: Swift.String { "StringValue" }
}
extension Wire.Bytes: WrappedCoding {
  /// The wrapper's name.
  public static var wrapperName: String { "BytesValue" }
}
