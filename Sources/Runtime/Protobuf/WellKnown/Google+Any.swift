extension Google {
  /// A message of any type with the name of its type; source: google/protobuf/any.proto.
  ///
  /// In JSON it is the message with its type: `{"@type": "type.googleapis.com/…", "symbol": "AAPL"}`;
  /// a message with a form of its own stands under `value`. The options' registry knows the types.
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
      guard Self.messageName(in: typeURL) == M.messageName else { return nil }
      return try M(serialized: value)
    }

    /// How deeply one `Any` may lie within another in JSON.
    public static let maximumDepth = 16

    /// The full name of the type a URL ends with; nil if there is no slash before it.
    static func messageName(in url: String) -> String? {
      guard let slash = url.lastIndex(of: "/") else { return nil }
      let name = url[url.index(after: slash)...]
      return name.isEmpty ? nil : String(name)
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

    /// Reads `@type`, which may stand anywhere, and the message around it.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      guard let type = try reader.beginAny() else { return }
      typeURL = type.url
      value = try reader.packed(type.type)
      reader.endAny()
    }

    /// Writes the message with `@type` in front; where it has no JSON form, `@type` and the bytes.
    public func encode(into writer: inout JSONWriter) {
      writer.beginObject()
      if self != Google.`Any`() { writer.any(self) }
      writer.endObject()
    }
  }
}
