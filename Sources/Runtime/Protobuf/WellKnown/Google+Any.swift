extension Google {
  /// A message of any type with the name of its type; source: google/protobuf/any.proto.
  ///
  /// Only the binary form carries it through: JSON would need a registry of every type. It prints
  /// as `{"@type": …, "value": base64}`, and reading it from JSON is refused.
  public struct `Any`: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.Any"
    /// The fields by name.
    public static let fields = FieldNames([
      .field(1, "typeUrl", "type_url"),
      .field(2, "value", "value"),
    ])

    /// A host, a slash and the full name of the message's type.
    public var typeURL: String = ""
    /// The message in binary form.
    public var value: [UInt8] = []
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// Nothing packed.
    public init() {}

    /// Packs a message.
    public init<M: Message>(packing message: M) {
      typeURL = "type.googleapis.com/\(M.messageName)"
      value = message.serialized()
    }

    /// The message, if it is of type `M`; nil if it is of another type.
    public func unpacked<M: Message>(as type: M.Type = M.self) throws(BinaryDecodingError) -> M? {
      guard typeURL.split(separator: "/").last ?? "" == M.messageName else { return nil }
      return try M(serialized: value)
    }

    /// Reads both fields.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 10: typeURL = try reader.string()
        case 18: value = try reader.bytes()
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    /// Writes both fields.
    public func encode(into writer: inout BinaryWriter) {
      writer.string(1, typeURL)
      writer.bytes(2, value)
      writer.unknownFields(unknownFields)
    }

    /// Refuses: without a registry the fields cannot be told.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      throw reader.failure(.unsupported(type: Self.messageName))
    }

    /// Writes the name of the type and the bytes.
    public func encode(into writer: inout JSONWriter) {
      writer.beginObject()
      writer.field("@type", "@type", typeURL)
      writer.field("value", "value", value)
      writer.endObject()
    }
  }
}
