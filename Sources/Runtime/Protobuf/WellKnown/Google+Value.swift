extension Google {
  /// Any JSON value; source: google/protobuf/struct.proto.
  public struct Value: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.Value"
    /// The fields by name.
    public static let fields = FieldNames([
      .field(1, "nullValue", "null_value", oneof: "kind"),
      .field(2, "numberValue", "number_value", oneof: "kind"),
      .field(3, "stringValue", "string_value", oneof: "kind"),
      .field(4, "boolValue", "bool_value", oneof: "kind"),
      .message(5, "structValue", "struct_value", Struct.self, oneof: "kind"),
      .message(6, "listValue", "list_value", ListValue.self, oneof: "kind"),
    ])

    /// The kinds of JSON values.
    public enum Kind: Sendable, Hashable {
      /// `null`.
      case nullValue(NullValue)
      /// A number; one that is not finite has no JSON form.
      case numberValue(Double)
      /// A string.
      case stringValue(String)
      /// `true` or `false`.
      case boolValue(Bool)
      /// An object.
      case structValue(Struct)
      /// An array.
      case listValue(ListValue)
    }

    /// The value; one that is unset has no JSON form.
    public var kind: Kind?
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// An unset value.
    public init() {}

    /// Takes a value of any kind.
    public init(_ kind: Kind) { self.kind = kind }

    /// Reads whichever kind comes last.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 8: kind = .nullValue(try reader.enumeration())
        case 17: kind = .numberValue(try reader.double())
        case 26: kind = .stringValue(try reader.string())
        case 32: kind = .boolValue(try reader.bool())
        case 42:
          var value = Struct()
          if case .structValue(let current) = kind { value = current }
          try reader.message(&value)
          kind = .structValue(value)
        case 50:
          var value = ListValue()
          if case .listValue(let current) = kind { value = current }
          try reader.message(&value)
          kind = .listValue(value)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    /// Writes the value.
    public func encode(into writer: inout BinaryWriter) {
      switch kind {
      case .nullValue(let value): writer.enumeration(1, present: value)
      case .numberValue(let value): writer.double(2, present: value)
      case .stringValue(let value): writer.string(3, present: value)
      case .boolValue(let value): writer.bool(4, present: value)
      case .structValue(let value): writer.message(5, present: value)
      case .listValue(let value): writer.message(6, present: value)
      case nil: break
      }
      writer.unknownFields(unknownFields)
    }

    /// Reads any JSON value.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      switch reader.peek() {
      case UInt8(ascii: "{"): kind = .structValue(try reader.message())
      case UInt8(ascii: "["): kind = .listValue(try reader.message())
      case UInt8(ascii: "\""): kind = .stringValue(try reader.string())
      case UInt8(ascii: "t"), UInt8(ascii: "f"): kind = .boolValue(try reader.bool())
      case UInt8(ascii: "n") where reader.consume(literal: "null"): kind = .nullValue(.nullValue)
      default: kind = .numberValue(try reader.floatingPoint())
      }
    }

    /// Writes the value; `null` for one that has no JSON form.
    public func encode(into writer: inout JSONWriter) {
      switch kind {
      case .nullValue: writer.literal("null")
      case .numberValue(let value) where value.isFinite: writer.floatingPoint(value)
      case .numberValue(let value):
        writer.literal("null")
        writer.note(.notFinite, "\(value)")
      case .stringValue(let value): writer.text(value)
      case .boolValue(let value): value.encode(into: &writer)
      case .structValue(let value): value.encode(into: &writer)
      case .listValue(let value): value.encode(into: &writer)
      case nil:
        writer.literal("null")
        writer.note(.unsetValue)
      }
    }
  }
}

extension JSONReader {
  /// A message that is one value.
  fileprivate mutating func message<M: Message>() throws(JSONDecodingError) -> M {
    var message = M()
    try message.merge(from: &self)
    return message
  }
}

extension Google.Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral value: String) { kind = .stringValue(value) }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { kind = .boolValue(value) }
  /// A number.
  public init(floatLiteral value: Double) { kind = .numberValue(value) }
  /// A number.
  public init(integerLiteral value: Int) { kind = .numberValue(Double(value)) }
  /// `null`.
  public init(nilLiteral: ()) { kind = .nullValue(.nullValue) }
  /// An array.
  public init(arrayLiteral values: Google.Value...) { kind = .listValue(Google.ListValue(values)) }
  /// An object; of two members with one name the last holds.
  public init(dictionaryLiteral members: (String, Google.Value)...) {
    kind = .structValue(Google.Struct(Dictionary(members) { _, last in last }))
  }
}
