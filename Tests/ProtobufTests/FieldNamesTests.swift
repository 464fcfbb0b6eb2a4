import Protobuf
import Testing

/// A message with more fields than a word has bits, so that every path of the reader is taken.
private struct Wide: Message {
  var values: [Int: Int32] = [:]
  var unknownFields = UnknownFields()

  static let messageName = "alphintra.testing.v1.Wide"
  static let fields = FieldNames([
    .field(1, "f1", "f_1"), .field(2, "f2", "f_2"), .field(3, "f3", "f_3"),
    .field(4, "f4", "f_4"), .field(5, "f5", "f_5"), .field(6, "f6", "f_6"),
    .field(7, "f7", "f_7"), .field(8, "f8", "f_8"), .field(9, "f9", "f_9"),
    .field(10, "f10", "f_10"), .field(11, "f11", "f_11"), .field(12, "f12", "f_12"),
    .field(13, "f13", "f_13"), .field(14, "f14", "f_14"), .field(15, "f15", "f_15"),
    .field(16, "f16", "f_16"), .field(17, "f17", "f_17"), .field(18, "f18", "f_18"),
    .field(19, "f19", "f_19"), .field(20, "f20", "f_20"), .field(21, "f21", "f_21"),
    .field(22, "f22", "f_22"), .field(23, "f23", "f_23"), .field(24, "f24", "f_24"),
    .field(25, "f25", "f_25"), .field(26, "f26", "f_26"), .field(27, "f27", "f_27"),
    .field(28, "f28", "f_28"), .field(29, "f29", "f_29"), .field(30, "f30", "f_30"),
    .field(31, "f31", "f_31"), .field(32, "f32", "f_32"), .field(33, "f33", "f_33"),
    .field(34, "f34", "f_34"), .field(35, "f35", "f_35"), .field(36, "f36", "f_36"),
    .field(37, "f37", "f_37"), .field(38, "f38", "f_38"), .field(39, "f39", "f_39"),
    .field(40, "f40", "f_40"), .field(41, "f41", "f_41"), .field(42, "f42", "f_42"),
    .field(43, "f43", "f_43"), .field(44, "f44", "f_44"), .field(45, "f45", "f_45"),
    .field(46, "f46", "f_46"), .field(47, "f47", "f_47"), .field(48, "f48", "f_48"),
    .field(49, "f49", "f_49"), .field(50, "f50", "f_50"), .field(51, "f51", "f_51"),
    .field(52, "f52", "f_52"), .field(53, "f53", "f_53"), .field(54, "f54", "f_54"),
    .field(55, "f55", "f_55"), .field(56, "f56", "f_56"), .field(57, "f57", "f_57"),
    .field(58, "f58", "f_58"), .field(59, "f59", "f_59"), .field(60, "f60", "f_60"),
    .field(61, "f61", "f_61"), .field(62, "f62", "f_62"), .field(63, "f63", "f_63"),
    .field(64, "f64", "f_64"), .field(65, "f65", "f_65"), .field(66, "f66", "f_66"),
    .field(67, "f67", "f_67"), .field(68, "f68", "f_68"), .field(69, "f69", "f_69"),
    .field(70, "f70", "f_70"),
  ])

  mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    while let tag = try reader.nextTag() { try reader.unknown(tag, into: &unknownFields) }
  }
  func encode(into writer: inout BinaryWriter) { writer.unknownFields(unknownFields) }
  mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
    var object = try reader.object(Self.fields)
    while let field = try reader.nextField(&object) { try reader.field(&values[field, default: 0]) }
  }
  func encode(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.endObject()
  }
}

@Suite struct FieldNamesTests {
  @Test func `every field is found under both names in any order`() throws {
    for order in [Array(1...70), Array((1...70).reversed()), Array(1...70).shuffled()] {
      for underscore in ["", "_"] {
        let json = "{" + order.map { "\"f\(underscore)\($0)\":\($0)" }.joined(separator: ",") + "}"
        let wide = try Wide(json: json)
        #expect(wide.values == Dictionary(uniqueKeysWithValues: (1...70).map { ($0, Int32($0)) }))
      }
    }
  }

  @Test(arguments: [1, 63, 64, 65, 70])
  func `a field is set once wherever it stands`(field: Int) {
    let error = jsonError(Wide.self, "{\"f\(field)\":1,\"f_\(field)\":2}")
    #expect(error?.rule == .duplicateField)
    #expect(error?.path == "f_\(field)")
  }

  @Test(arguments: ["f0", "f71", "f", "", "f_", "F1", "f1 ", "f_70_"])
  func `names that are none are unknown`(name: String) {
    #expect(jsonError(Wide.self, "{\"\(name)\":1}")?.rule == .unknownField)
  }
}
