extension Google {
  /// A message without fields; source: google/protobuf/empty.proto.
  public struct Empty: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.Empty"
    /// It has no fields.
    public static let fields = FieldNames.none

    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// The one value.
    public init() {}

    /// Keeps whatever there is.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() { try reader.unknown(tag, into: &unknownFields) }
    }

    /// Writes the unknown fields.
    public func encode(into writer: inout BinaryWriter) { writer.unknownFields(unknownFields) }

    /// Reads `{}`.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      var object = try reader.object(Self.fields)
      while try reader.nextField(&object) != nil { try reader.skipValue() }
    }

    /// Writes `{}`.
    public func encode(into writer: inout JSONWriter) {
      writer.beginObject()
      writer.endObject()
    }
  }
}
