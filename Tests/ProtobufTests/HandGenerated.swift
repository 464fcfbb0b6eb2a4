// swift-format-ignore-file
//
// Written by hand in the shape the generator emits: one message set with every kind of field.
// The tests of this module run against it, so the codec is tested without the generator.
// Source: the messages below are those of `hand.proto`, given in the comments.

public import Protobuf

/// If this line does not compile, the file was generated for another runtime: `make generate`.
private typealias _RuntimeCheck = Protobuf.GeneratedCodeVersion_1

/// Package `alphintra.hand.v1`.
public enum HandV1 {}

extension HandV1 {
  // enum Side { SIDE_UNSPECIFIED = 0; SIDE_BUY = 1; SIDE_SELL = 2; SIDE_SHORT = 2 (alias); SIDE_OLD = -1; }
  public enum Side: Protobuf.Enum {
    case unspecified
    case buy
    case sell
    case old
    case unrecognized(Int32)

    /// An alias of `sell`.
    public static let short = Side.sell

    public static let enumName = "alphintra.hand.v1.Side"

    public init(rawValue: Int32) {
      switch rawValue {
      case 0: self = .unspecified
      case 1: self = .buy
      case 2: self = .sell
      case -1: self = .old
      default: self = .unrecognized(rawValue)
      }
    }

    public var rawValue: Int32 {
      switch self {
      case .unspecified: 0
      case .buy: 1
      case .sell: 2
      case .old: -1
      case .unrecognized(let value): value
      }
    }

    public init?(jsonName: String) {
      switch jsonName {
      case "UNSPECIFIED", "SIDE_UNSPECIFIED": self = .unspecified
      case "BUY", "SIDE_BUY": self = .buy
      case "SELL", "SIDE_SELL", "SHORT", "SIDE_SHORT": self = .sell
      case "OLD", "SIDE_OLD": self = .old
      default: return nil
      }
    }

    public var jsonName: String? {
      switch self {
      case .unspecified: "UNSPECIFIED"
      case .buy: "BUY"
      case .sell: "SELL"
      case .old: "OLD"
      case .unrecognized: nil
      }
    }
  }
}

extension HandV1 {
  // message Scalars: every scalar type without presence, then with, then repeated.
  public struct Scalars: Protobuf.Message {
    public var int32Value: Int32 = 0
    public var int64Value: Int64 = 0
    public var uint32Value: UInt32 = 0
    public var uint64Value: UInt64 = 0
    public var sint32Value: Int32 = 0
    public var sint64Value: Int64 = 0
    public var fixed32Value: UInt32 = 0
    public var fixed64Value: UInt64 = 0
    public var sfixed32Value: Int32 = 0
    public var sfixed64Value: Int64 = 0
    public var floatValue: Float = 0
    public var doubleValue: Double = 0
    public var boolValue: Bool = false
    public var stringValue: String = ""
    public var bytesValue: [UInt8] = []
    public var side: Side = .unspecified
    public var unknownFields = Protobuf.UnknownFields()

    public init() {}

    public static let messageName = "alphintra.hand.v1.Scalars"

    public static let fields = Protobuf.FieldNames([
      .field(1, "int32Value", "int32_value"),
      .field(2, "int64Value", "int64_value"),
      .field(3, "uint32Value", "uint32_value"),
      .field(4, "uint64Value", "uint64_value"),
      .field(5, "sint32Value", "sint32_value"),
      .field(6, "sint64Value", "sint64_value"),
      .field(7, "fixed32Value", "fixed32_value"),
      .field(8, "fixed64Value", "fixed64_value"),
      .field(9, "sfixed32Value", "sfixed32_value"),
      .field(10, "sfixed64Value", "sfixed64_value"),
      .field(11, "floatValue", "float_value"),
      .field(12, "doubleValue", "double_value"),
      .field(13, "boolValue", "bool_value"),
      .field(14, "stringValue", "string_value"),
      .field(15, "bytesValue", "bytes_value"),
      .field(16, "side", "side"),
    ])

    public mutating func merge(from reader: inout Protobuf.BinaryReader) throws(Protobuf.BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 8: self.int32Value = try reader.int32()
        case 16: self.int64Value = try reader.int64()
        case 24: self.uint32Value = try reader.uint32()
        case 32: self.uint64Value = try reader.uint64()
        case 40: self.sint32Value = try reader.sint32()
        case 48: self.sint64Value = try reader.sint64()
        case 61: self.fixed32Value = try reader.fixed32()
        case 65: self.fixed64Value = try reader.fixed64()
        case 77: self.sfixed32Value = try reader.sfixed32()
        case 81: self.sfixed64Value = try reader.sfixed64()
        case 93: self.floatValue = try reader.float()
        case 97: self.doubleValue = try reader.double()
        case 104: self.boolValue = try reader.bool()
        case 114: self.stringValue = try reader.string()
        case 122: self.bytesValue = try reader.bytes()
        case 128: self.side = try reader.enumeration()
        default: try reader.unknown(tag, into: &self.unknownFields)
        }
      }
    }

    public func encodedSize() -> Int {
      var size = Protobuf.BinarySize(self.unknownFields)
      size.int32(1, self.int32Value)
      size.int64(2, self.int64Value)
      size.uint32(3, self.uint32Value)
      size.uint64(4, self.uint64Value)
      size.sint32(5, self.sint32Value)
      size.sint64(6, self.sint64Value)
      size.fixed32(7, self.fixed32Value)
      size.fixed64(8, self.fixed64Value)
      size.sfixed32(9, self.sfixed32Value)
      size.sfixed64(10, self.sfixed64Value)
      size.float(11, self.floatValue)
      size.double(12, self.doubleValue)
      size.bool(13, self.boolValue)
      size.string(14, self.stringValue)
      size.bytes(15, self.bytesValue)
      size.enumeration(16, self.side)
      return size.total
    }

    public func encode(into writer: inout Protobuf.BinaryWriter) {
      writer.int32(1, self.int32Value)
      writer.int64(2, self.int64Value)
      writer.uint32(3, self.uint32Value)
      writer.uint64(4, self.uint64Value)
      writer.sint32(5, self.sint32Value)
      writer.sint64(6, self.sint64Value)
      writer.fixed32(7, self.fixed32Value)
      writer.fixed64(8, self.fixed64Value)
      writer.sfixed32(9, self.sfixed32Value)
      writer.sfixed64(10, self.sfixed64Value)
      writer.float(11, self.floatValue)
      writer.double(12, self.doubleValue)
      writer.bool(13, self.boolValue)
      writer.string(14, self.stringValue)
      writer.bytes(15, self.bytesValue)
      writer.enumeration(16, self.side)
      writer.unknownFields(self.unknownFields)
    }

    public mutating func merge(from reader: inout Protobuf.JSONReader) throws(Protobuf.JSONDecodingError) {
      var object = try reader.object(Self.fields)
      while let field = try reader.nextField(&object) {
        switch field {
        case 1: try reader.field(&self.int32Value)
        case 2: try reader.field(&self.int64Value)
        case 3: try reader.field(&self.uint32Value)
        case 4: try reader.field(&self.uint64Value)
        case 5: try reader.field(&self.sint32Value)
        case 6: try reader.field(&self.sint64Value)
        case 7: try reader.field(&self.fixed32Value)
        case 8: try reader.field(&self.fixed64Value)
        case 9: try reader.field(&self.sfixed32Value)
        case 10: try reader.field(&self.sfixed64Value)
        case 11: try reader.field(&self.floatValue)
        case 12: try reader.field(&self.doubleValue)
        case 13: try reader.field(&self.boolValue)
        case 14: try reader.field(&self.stringValue)
        case 15: try reader.field(&self.bytesValue)
        case 16: try reader.field(&self.side)
        default: try reader.skipValue()
        }
      }
    }

    public func encode(into writer: inout Protobuf.JSONWriter) {
      writer.beginObject()
      writer.field("int32Value", "int32_value", self.int32Value)
      writer.field("int64Value", "int64_value", self.int64Value)
      writer.field("uint32Value", "uint32_value", self.uint32Value)
      writer.field("uint64Value", "uint64_value", self.uint64Value)
      writer.field("sint32Value", "sint32_value", self.sint32Value)
      writer.field("sint64Value", "sint64_value", self.sint64Value)
      writer.field("fixed32Value", "fixed32_value", self.fixed32Value)
      writer.field("fixed64Value", "fixed64_value", self.fixed64Value)
      writer.field("sfixed32Value", "sfixed32_value", self.sfixed32Value)
      writer.field("sfixed64Value", "sfixed64_value", self.sfixed64Value)
      writer.field("floatValue", "float_value", self.floatValue)
      writer.field("doubleValue", "double_value", self.doubleValue)
      writer.field("boolValue", "bool_value", self.boolValue)
      writer.field("stringValue", "string_value", self.stringValue)
      writer.field("bytesValue", "bytes_value", self.bytesValue)
      writer.field("side", "side", self.side)
      writer.endObject()
    }
  }
}
