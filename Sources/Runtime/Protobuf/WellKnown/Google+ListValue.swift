extension Google {
  /// Any JSON array; source: google/protobuf/struct.proto.
  public struct ListValue: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.ListValue"
    /// The fields by name.
    public static let fields = FieldNames([.repeated(1, "values", "values")])

    /// The elements of the array.
    public var values: [Value] = []
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// An empty array.
    public init() {}

    /// Takes the elements of an array.
    public init(_ values: [Value]) { self.values = values }

    /// Reads the elements.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 10: try reader.repeated(&values, Wire.Message<Value>.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    /// Writes the elements.
    public func encode(into writer: inout BinaryWriter) {
      writer.repeated(1, values, Wire.Message<Value>.self)
      writer.unknownFields(unknownFields)
    }

    /// Reads an array.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      try reader.repeated(&values)
    }

    /// Writes an array.
    public func encode(into writer: inout JSONWriter) { writer.array(values) }
  }
}

extension Google.ListValue: ExpressibleByArrayLiteral {
  /// An array as Swift writes it.
  public init(arrayLiteral values: Google.Value...) { self.values = values }
}
