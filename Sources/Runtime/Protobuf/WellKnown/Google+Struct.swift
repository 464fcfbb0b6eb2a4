extension Google {
  /// Any JSON object; source: google/protobuf/struct.proto.
  ///
  /// Numbers in it are binary floating point: money does not belong here.
  public struct Struct: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.Struct"
    /// The fields by name.
    public static let fields = FieldNames([.repeated(1, "fields", "fields")])

    /// The members of the object.
    public var fields: [String: Value] = [:]
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// An empty object.
    public init() {}

    /// Takes the members of an object.
    public init(_ fields: [String: Value]) { self.fields = fields }

    /// Reads the members.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 10: try reader.map(&fields, Wire.String.self, Wire.Message<Value>.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    /// Writes the members.
    public func encode(into writer: inout BinaryWriter) {
      writer.map(1, fields, Wire.String.self, Wire.Message<Value>.self)
      writer.unknownFields(unknownFields)
    }

    /// Reads an object; a name that occurs twice is an error.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      try reader.map(&fields)
    }

    /// Writes an object, sorted by name.
    public func encode(into writer: inout JSONWriter) { writer.object(fields) }
  }
}

extension Google.Struct: ExpressibleByDictionaryLiteral {
  /// An object as Swift writes it; of two members with one name the last holds.
  public init(dictionaryLiteral members: (String, Google.Value)...) {
    fields = Dictionary(members) { _, last in last }
  }

  /// A member; nil if there is none.
  public subscript(name: String) -> Google.Value? {
    get { fields[name] }
    set { fields[name] = newValue }
  }
}
