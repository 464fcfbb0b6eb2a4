// swift-format-ignore-file
//
// Written by hand in the shape the generator emits; see HandGenerated.swift.

public import Core
public import Protobuf

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
