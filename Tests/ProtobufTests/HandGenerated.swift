// swift-format-ignore-file
//
// Written by hand in the shape the generator emits: one message set with every kind of field.
// The tests of this module run against it, so the codec is tested without the generator.
// Source: the messages below are those of `hand.proto`, given in the comments.

public import Core
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

extension HandV1 {
  // message Collections: repeated (packed and not) and maps.
  public struct Collections: Protobuf.Message {
    public var numbers: [Int32] = []
    public var deltas: [Int64] = []
    public var checks: [UInt32] = []
    public var prices: [Double] = []
    public var flags: [Bool] = []
    public var sides: [Side] = []
    public var loose: [Int64] = []
    public var names: [String] = []
    public var blobs: [[UInt8]] = []
    public var items: [Scalars] = []
    public var amounts: [Core.Decimal] = []
    public var labels: [String: String] = [:]
    public var itemsByID: [Int64: Scalars] = [:]
    public var sidesByFlag: [Bool: Side] = [:]
    public var amountsByAsset: [String: Core.Decimal] = [:]
    public var weights: [Int32: Double] = [:]
    public var unknownFields = Protobuf.UnknownFields()

    public init() {}

    public static let messageName = "alphintra.hand.v1.Collections"

    public static let fields = Protobuf.FieldNames([
      .field(1, "numbers", "numbers"),
      .field(2, "deltas", "deltas"),
      .field(3, "checks", "checks"),
      .field(4, "prices", "prices"),
      .field(5, "flags", "flags"),
      .field(6, "sides", "sides"),
      .field(7, "loose", "loose"),
      .field(8, "names", "names"),
      .field(9, "blobs", "blobs"),
      .field(10, "items", "items"),
      .field(11, "amounts", "amounts"),
      .field(12, "labels", "labels"),
      .field(13, "itemsById", "items_by_id"),
      .field(14, "sidesByFlag", "sides_by_flag"),
      .field(15, "amountsByAsset", "amounts_by_asset"),
      .field(16, "weights", "weights"),
    ])

    public mutating func merge(from reader: inout Protobuf.BinaryReader) throws(Protobuf.BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 8: try reader.repeated(&self.numbers, Wire.Int32.self)
        case 10: try reader.packed(&self.numbers, Wire.Int32.self)
        case 16: try reader.repeated(&self.deltas, Wire.SInt64.self)
        case 18: try reader.packed(&self.deltas, Wire.SInt64.self)
        case 29: try reader.repeated(&self.checks, Wire.Fixed32.self)
        case 26: try reader.packed(&self.checks, Wire.Fixed32.self)
        case 33: try reader.repeated(&self.prices, Wire.Double.self)
        case 34: try reader.packed(&self.prices, Wire.Double.self)
        case 40: try reader.repeated(&self.flags, Wire.Bool.self)
        case 42: try reader.packed(&self.flags, Wire.Bool.self)
        case 48: try reader.repeated(&self.sides, Wire.Enum<Side>.self)
        case 50: try reader.packed(&self.sides, Wire.Enum<Side>.self)
        case 56: try reader.repeated(&self.loose, Wire.Int64.self)
        case 58: try reader.packed(&self.loose, Wire.Int64.self)
        case 66: try reader.repeated(&self.names, Wire.String.self)
        case 74: try reader.repeated(&self.blobs, Wire.Bytes.self)
        case 82: try reader.repeated(&self.items, Wire.Message<Scalars>.self)
        case 90: try reader.repeated(&self.amounts, Wire.Decimal.self)
        case 98: try reader.map(&self.labels, Wire.String.self, Wire.String.self)
        case 106: try reader.map(&self.itemsByID, Wire.Int64.self, Wire.Message<Scalars>.self)
        case 114: try reader.map(&self.sidesByFlag, Wire.Bool.self, Wire.Enum<Side>.self)
        case 122: try reader.map(&self.amountsByAsset, Wire.String.self, Wire.Decimal.self)
        case 130: try reader.map(&self.weights, Wire.SFixed32.self, Wire.Double.self)
        default: try reader.unknown(tag, into: &self.unknownFields)
        }
      }
    }

    public func encodedSize() -> Int {
      var size = Protobuf.BinarySize(self.unknownFields)
      size.packed(1, self.numbers, Wire.Int32.self)
      size.packed(2, self.deltas, Wire.SInt64.self)
      size.packed(3, self.checks, Wire.Fixed32.self)
      size.packed(4, self.prices, Wire.Double.self)
      size.packed(5, self.flags, Wire.Bool.self)
      size.packed(6, self.sides, Wire.Enum<Side>.self)
      size.repeated(7, self.loose, Wire.Int64.self)
      size.repeated(8, self.names, Wire.String.self)
      size.repeated(9, self.blobs, Wire.Bytes.self)
      size.repeated(10, self.items, Wire.Message<Scalars>.self)
      size.repeated(11, self.amounts, Wire.Decimal.self)
      size.map(12, self.labels, Wire.String.self, Wire.String.self)
      size.map(13, self.itemsByID, Wire.Int64.self, Wire.Message<Scalars>.self)
      size.map(14, self.sidesByFlag, Wire.Bool.self, Wire.Enum<Side>.self)
      size.map(15, self.amountsByAsset, Wire.String.self, Wire.Decimal.self)
      size.map(16, self.weights, Wire.SFixed32.self, Wire.Double.self)
      return size.total
    }

    public func encode(into writer: inout Protobuf.BinaryWriter) {
      writer.packed(1, self.numbers, Wire.Int32.self)
      writer.packed(2, self.deltas, Wire.SInt64.self)
      writer.packed(3, self.checks, Wire.Fixed32.self)
      writer.packed(4, self.prices, Wire.Double.self)
      writer.packed(5, self.flags, Wire.Bool.self)
      writer.packed(6, self.sides, Wire.Enum<Side>.self)
      writer.repeated(7, self.loose, Wire.Int64.self)
      writer.repeated(8, self.names, Wire.String.self)
      writer.repeated(9, self.blobs, Wire.Bytes.self)
      writer.repeated(10, self.items, Wire.Message<Scalars>.self)
      writer.repeated(11, self.amounts, Wire.Decimal.self)
      writer.map(12, self.labels, Wire.String.self, Wire.String.self)
      writer.map(13, self.itemsByID, Wire.Int64.self, Wire.Message<Scalars>.self)
      writer.map(14, self.sidesByFlag, Wire.Bool.self, Wire.Enum<Side>.self)
      writer.map(15, self.amountsByAsset, Wire.String.self, Wire.Decimal.self)
      writer.map(16, self.weights, Wire.SFixed32.self, Wire.Double.self)
      writer.unknownFields(self.unknownFields)
    }

    public mutating func merge(from reader: inout Protobuf.JSONReader) throws(Protobuf.JSONDecodingError) {
      var object = try reader.object(Self.fields)
      while let field = try reader.nextField(&object) {
        switch field {
        case 1: try reader.repeated(&self.numbers)
        case 2: try reader.repeated(&self.deltas)
        case 3: try reader.repeated(&self.checks)
        case 4: try reader.repeated(&self.prices)
        case 5: try reader.repeated(&self.flags)
        case 6: try reader.repeated(&self.sides)
        case 7: try reader.repeated(&self.loose)
        case 8: try reader.repeated(&self.names)
        case 9: try reader.repeated(&self.blobs)
        case 10: try reader.repeated(&self.items)
        case 11: try reader.repeated(&self.amounts)
        case 12: try reader.map(&self.labels)
        case 13: try reader.map(&self.itemsByID)
        case 14: try reader.map(&self.sidesByFlag)
        case 15: try reader.map(&self.amountsByAsset)
        case 16: try reader.map(&self.weights)
        default: try reader.skipValue()
        }
      }
    }

    public func encode(into writer: inout Protobuf.JSONWriter) {
      writer.beginObject()
      writer.repeated("numbers", "numbers", self.numbers)
      writer.repeated("deltas", "deltas", self.deltas)
      writer.repeated("checks", "checks", self.checks)
      writer.repeated("prices", "prices", self.prices)
      writer.repeated("flags", "flags", self.flags)
      writer.repeated("sides", "sides", self.sides)
      writer.repeated("loose", "loose", self.loose)
      writer.repeated("names", "names", self.names)
      writer.repeated("blobs", "blobs", self.blobs)
      writer.repeated("items", "items", self.items)
      writer.repeated("amounts", "amounts", self.amounts)
      writer.map("labels", "labels", self.labels)
      writer.map("itemsById", "items_by_id", self.itemsByID)
      writer.map("sidesByFlag", "sides_by_flag", self.sidesByFlag)
      writer.map("amountsByAsset", "amounts_by_asset", self.amountsByAsset)
      writer.map("weights", "weights", self.weights)
      writer.endObject()
    }
  }
}

extension HandV1 {
  // message Node: presence, oneof, recursion, nesting, well-known types, a large field number.
  public struct Node: Protobuf.Message {
    // message Leg, nested
    public struct Leg: Protobuf.Message {
      public var symbol: String = ""
      public var price: Core.Decimal?
      public var unknownFields = Protobuf.UnknownFields()

      public init() {}

      public static let messageName = "alphintra.hand.v1.Node.Leg"

      public static let fields = Protobuf.FieldNames([
        .field(1, "symbol", "symbol"),
        .field(2, "price", "price"),
      ])

      public mutating func merge(from reader: inout Protobuf.BinaryReader) throws(Protobuf.BinaryDecodingError) {
        while let tag = try reader.nextTag() {
          switch tag {
          case 10: self.symbol = try reader.string()
          case 18: try reader.decimal(&self.price)
          default: try reader.unknown(tag, into: &self.unknownFields)
          }
        }
      }

      public func encodedSize() -> Int {
        var size = Protobuf.BinarySize(self.unknownFields)
        size.string(1, self.symbol)
        size.decimal(2, self.price)
        return size.total
      }

      public func encode(into writer: inout Protobuf.BinaryWriter) {
        writer.string(1, self.symbol)
        writer.decimal(2, self.price)
        writer.unknownFields(self.unknownFields)
      }

      public mutating func merge(from reader: inout Protobuf.JSONReader) throws(Protobuf.JSONDecodingError) {
        var object = try reader.object(Self.fields)
        while let field = try reader.nextField(&object) {
          switch field {
          case 1: try reader.field(&self.symbol)
          case 2: try reader.field(&self.price)
          default: try reader.skipValue()
          }
        }
      }

      public func encode(into writer: inout Protobuf.JSONWriter) {
        writer.beginObject()
        writer.field("symbol", "symbol", self.symbol)
        writer.field("price", "price", self.price)
        writer.endObject()
      }
    }

    // oneof choice
    public enum Choice: Sendable, Hashable {
      case count(Int32)
      case text(String)
      case blob([UInt8])
      case direction(Side)
      case leg(Leg)
      indirect case child(Node)
      case amount(Core.Decimal)
    }

    public var nodeID: String = ""
    @Protobuf.Indirect public var left: Node?
    @Protobuf.Indirect public var right: Node?
    public var children: [Node] = []
    public var legs: [Leg] = []
    public var optionalCount: Int32?
    public var optionalText: String?
    public var optionalSide: Side?
    public var optionalDouble: Double?
    public var optionalBlob: [UInt8]?
    public var choice: Choice?
    public var price: Core.Decimal?
    public var createdAt: Google.Timestamp?
    public var timeout: Google.Duration?
    public var updateMask: Google.FieldMask?
    public var nothing: Google.Empty?
    public var nickname: Google.StringValue?
    public var limit: Google.Int64Value?
    public var detail: Google.`Any`?
    public var isLast: Bool = false
    public var unknownFields = Protobuf.UnknownFields()

    public init() {}

    public static let messageName = "alphintra.hand.v1.Node"

    public static let fields = Protobuf.FieldNames([
      .field(1, "nodeId", "node_id"),
      .field(2, "left", "left"),
      .field(3, "right", "right"),
      .field(4, "children", "children"),
      .field(5, "legs", "legs"),
      .field(6, "optionalCount", "optional_count"),
      .field(7, "optionalText", "optional_text"),
      .field(8, "optionalSide", "optional_side"),
      .field(9, "optionalDouble", "optional_double"),
      .field(10, "optionalBlob", "optional_blob"),
      .field(11, "count", "count", oneof: "choice"),
      .field(12, "text", "text", oneof: "choice"),
      .field(13, "blob", "blob", oneof: "choice"),
      .field(14, "direction", "direction", oneof: "choice"),
      .field(15, "leg", "leg", oneof: "choice"),
      .field(16, "child", "child", oneof: "choice"),
      .field(17, "amount", "amount", oneof: "choice"),
      .field(20, "price", "price"),
      .field(21, "createdAt", "created_at"),
      .field(22, "timeout", "timeout"),
      .field(23, "updateMask", "update_mask"),
      .field(24, "nothing", "nothing"),
      .field(25, "nickname", "nickname"),
      .field(26, "limit", "limit"),
      .field(27, "detail", "detail"),
      .field(536_870_911, "isLast", "is_last"),
    ])

    public mutating func merge(from reader: inout Protobuf.BinaryReader) throws(Protobuf.BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 10: self.nodeID = try reader.string()
        case 18: try reader.message(&self.left)
        case 26: try reader.message(&self.right)
        case 34: try reader.repeated(&self.children, Wire.Message<Node>.self)
        case 42: try reader.repeated(&self.legs, Wire.Message<Leg>.self)
        case 48: self.optionalCount = try reader.int32()
        case 58: self.optionalText = try reader.string()
        case 64: self.optionalSide = try reader.enumeration()
        case 73: self.optionalDouble = try reader.double()
        case 82: self.optionalBlob = try reader.bytes()
        case 88: self.choice = .count(try reader.int32())
        case 98: self.choice = .text(try reader.string())
        case 106: self.choice = .blob(try reader.bytes())
        case 112: self.choice = .direction(try reader.enumeration())
        case 122:
          var value = if case .leg(let current) = self.choice { current } else { Leg() }
          try reader.message(&value)
          self.choice = .leg(value)
        case 130:
          var value = if case .child(let current) = self.choice { current } else { Node() }
          try reader.message(&value)
          self.choice = .child(value)
        case 138: self.choice = .amount(try reader.decimal())
        case 162: try reader.decimal(&self.price)
        case 170: try reader.message(&self.createdAt)
        case 178: try reader.message(&self.timeout)
        case 186: try reader.message(&self.updateMask)
        case 194: try reader.message(&self.nothing)
        case 202: try reader.message(&self.nickname)
        case 210: try reader.message(&self.limit)
        case 218: try reader.message(&self.detail)
        case 4_294_967_288: self.isLast = try reader.bool()
        default: try reader.unknown(tag, into: &self.unknownFields)
        }
      }
    }

    public func encodedSize() -> Int {
      var size = Protobuf.BinarySize(self.unknownFields)
      size.string(1, self.nodeID)
      size.message(2, self.left)
      size.message(3, self.right)
      size.repeated(4, self.children, Wire.Message<Node>.self)
      size.repeated(5, self.legs, Wire.Message<Leg>.self)
      if let value = self.optionalCount { size.int32(6, present: value) }
      if let value = self.optionalText { size.string(7, present: value) }
      if let value = self.optionalSide { size.enumeration(8, present: value) }
      if let value = self.optionalDouble { size.double(9, present: value) }
      if let value = self.optionalBlob { size.bytes(10, present: value) }
      switch self.choice {
      case .count(let value): size.int32(11, present: value)
      case .text(let value): size.string(12, present: value)
      case .blob(let value): size.bytes(13, present: value)
      case .direction(let value): size.enumeration(14, present: value)
      case .leg(let value): size.message(15, present: value)
      case .child(let value): size.message(16, present: value)
      case .amount(let value): size.decimal(17, present: value)
      case nil: break
      }
      size.decimal(20, self.price)
      size.message(21, self.createdAt)
      size.message(22, self.timeout)
      size.message(23, self.updateMask)
      size.message(24, self.nothing)
      size.message(25, self.nickname)
      size.message(26, self.limit)
      size.message(27, self.detail)
      size.bool(536_870_911, self.isLast)
      return size.total
    }

    public func encode(into writer: inout Protobuf.BinaryWriter) {
      writer.string(1, self.nodeID)
      writer.message(2, self.left)
      writer.message(3, self.right)
      writer.repeated(4, self.children, Wire.Message<Node>.self)
      writer.repeated(5, self.legs, Wire.Message<Leg>.self)
      if let value = self.optionalCount { writer.int32(6, present: value) }
      if let value = self.optionalText { writer.string(7, present: value) }
      if let value = self.optionalSide { writer.enumeration(8, present: value) }
      if let value = self.optionalDouble { writer.double(9, present: value) }
      if let value = self.optionalBlob { writer.bytes(10, present: value) }
      switch self.choice {
      case .count(let value): writer.int32(11, present: value)
      case .text(let value): writer.string(12, present: value)
      case .blob(let value): writer.bytes(13, present: value)
      case .direction(let value): writer.enumeration(14, present: value)
      case .leg(let value): writer.message(15, present: value)
      case .child(let value): writer.message(16, present: value)
      case .amount(let value): writer.decimal(17, present: value)
      case nil: break
      }
      writer.decimal(20, self.price)
      writer.message(21, self.createdAt)
      writer.message(22, self.timeout)
      writer.message(23, self.updateMask)
      writer.message(24, self.nothing)
      writer.message(25, self.nickname)
      writer.message(26, self.limit)
      writer.message(27, self.detail)
      writer.bool(536_870_911, self.isLast)
      writer.unknownFields(self.unknownFields)
    }

    public mutating func merge(from reader: inout Protobuf.JSONReader) throws(Protobuf.JSONDecodingError) {
      var object = try reader.object(Self.fields)
      while let field = try reader.nextField(&object) {
        switch field {
        case 1: try reader.field(&self.nodeID)
        case 2: try reader.field(&self.left)
        case 3: try reader.field(&self.right)
        case 4: try reader.repeated(&self.children)
        case 5: try reader.repeated(&self.legs)
        case 6: try reader.field(&self.optionalCount)
        case 7: try reader.field(&self.optionalText)
        case 8: try reader.field(&self.optionalSide)
        case 9: try reader.field(&self.optionalDouble)
        case 10: try reader.field(&self.optionalBlob)
        case 11: if let value = try reader.value(as: Int32.self) { self.choice = .count(value) }
        case 12: if let value = try reader.value(as: String.self) { self.choice = .text(value) }
        case 13: if let value = try reader.value(as: [UInt8].self) { self.choice = .blob(value) }
        case 14: if let value = try reader.value(as: Side.self) { self.choice = .direction(value) }
        case 15: if let value = try reader.value(as: Leg.self) { self.choice = .leg(value) }
        case 16: if let value = try reader.value(as: Node.self) { self.choice = .child(value) }
        case 17: if let value = try reader.value(as: Core.Decimal.self) { self.choice = .amount(value) }
        case 20: try reader.field(&self.price)
        case 21: try reader.field(&self.createdAt)
        case 22: try reader.field(&self.timeout)
        case 23: try reader.field(&self.updateMask)
        case 24: try reader.field(&self.nothing)
        case 25: try reader.field(&self.nickname)
        case 26: try reader.field(&self.limit)
        case 27: try reader.field(&self.detail)
        case 536_870_911: try reader.field(&self.isLast)
        default: try reader.skipValue()
        }
      }
    }

    public func encode(into writer: inout Protobuf.JSONWriter) {
      writer.beginObject()
      writer.field("nodeId", "node_id", self.nodeID)
      writer.field("left", "left", self.left)
      writer.field("right", "right", self.right)
      writer.repeated("children", "children", self.children)
      writer.repeated("legs", "legs", self.legs)
      writer.field("optionalCount", "optional_count", self.optionalCount)
      writer.field("optionalText", "optional_text", self.optionalText)
      writer.field("optionalSide", "optional_side", self.optionalSide)
      writer.field("optionalDouble", "optional_double", self.optionalDouble)
      writer.field("optionalBlob", "optional_blob", self.optionalBlob)
      switch self.choice {
      case .count(let value): writer.field("count", "count", present: value)
      case .text(let value): writer.field("text", "text", present: value)
      case .blob(let value): writer.field("blob", "blob", present: value)
      case .direction(let value): writer.field("direction", "direction", present: value)
      case .leg(let value): writer.field("leg", "leg", present: value)
      case .child(let value): writer.field("child", "child", present: value)
      case .amount(let value): writer.field("amount", "amount", present: value)
      case nil: break
      }
      writer.field("price", "price", self.price)
      writer.field("createdAt", "created_at", self.createdAt)
      writer.field("timeout", "timeout", self.timeout)
      writer.field("updateMask", "update_mask", self.updateMask)
      writer.field("nothing", "nothing", self.nothing)
      writer.field("nickname", "nickname", self.nickname)
      writer.field("limit", "limit", self.limit)
      writer.field("detail", "detail", self.detail)
      writer.field("isLast", "is_last", self.isLast)
      writer.endObject()
    }
  }
}
