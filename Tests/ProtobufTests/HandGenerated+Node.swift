// swift-format-ignore-file
//
// Written by hand in the shape the generator emits; see HandGenerated.swift.

public import Core
public import Protobuf

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
