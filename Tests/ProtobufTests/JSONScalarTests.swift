import Protobuf
import Testing
import TestingContract

/// The table of the ProtoJSON specification, type by type.
@Suite struct JSONScalarTests {
  typealias Scalars = TestingV1.Scalars

  private func read(_ field: String, _ value: String) throws -> Scalars {
    try Scalars(json: #"{"\#(field)":\#(value)}"#)
  }

  @Test func `prints each type as specified`() {
    let message = Scalars.with { m in
      (m.int32Value, m.int64Value, m.uint32Value, m.uint64Value) = (.min, .min, .max, .max)
      (m.sint32Value, m.sint64Value, m.fixed32Value, m.fixed64Value) = (-1, -1, 1, 1)
      (m.sfixed32Value, m.sfixed64Value) = (.max, .max)
      (m.floatValue, m.doubleValue, m.boolValue) = (1.5, 1e21, true)
      (m.stringValue, m.bytesValue, m.side) = ("text", [1, 2], .sell)
    }
    #expect(
      message.jsonString() == #"{"int32Value":-2147483648,"int64Value":"-9223372036854775808","#
        + #""uint32Value":4294967295,"uint64Value":"18446744073709551615","sint32Value":-1,"#
        + #""sint64Value":"-1","fixed32Value":1,"fixed64Value":"1","sfixed32Value":2147483647,"#
        + #""sfixed64Value":"9223372036854775807","floatValue":1.5,"doubleValue":1e+21,"#
        + #""boolValue":true,"stringValue":"text","bytesValue":"AQI=","side":"SELL"}"#)
    #expect((try? Scalars(json: message.json())) == message)
  }

  @Test func `prints defaults, proto names and numbers of enumerations when asked`() {
    let all = JSONEncodingOptions(printingDefaultValues: true)
    #expect(
      Scalars().jsonString(options: all) == #"{"int32Value":0,"int64Value":"0","uint32Value":0,"#
        + #""uint64Value":"0","sint32Value":0,"sint64Value":"0","fixed32Value":0,"#
        + #""fixed64Value":"0","sfixed32Value":0,"sfixed64Value":"0","floatValue":0,"#
        + #""doubleValue":0,"boolValue":false,"stringValue":"","bytesValue":"","#
        + #""side":"UNSPECIFIED"}"#)
    #expect(TestingV1.Node.Leg().jsonString(options: all) == #"{"symbol":""}"#)
    let collections = TestingV1.Collections().jsonString(options: all)
    #expect(collections.hasPrefix(#"{"numbers":[],"#) && collections.hasSuffix(#""weights":{}}"#))
    let events = JSONEncodingOptions(
      preservingProtoFieldNames: true, printingEnumsAsIntegers: true)
    let message = Scalars.with { ($0.int32Value, $0.side) = (1, .buy) }
    #expect(message.jsonString(options: events) == #"{"int32_value":1,"side":1}"#)
  }

  @Test(arguments: [
    ("1", 1), ("-1", -1), ("\"1\"", 1), ("1.0", 1), ("1e2", 100), ("\"1e2\"", 100), ("10e-1", 1),
    ("-0", 0), ("2147483647", .max), ("-2147483648", .min), ("2.147483647e9", .max),
    ("-2147483648.000", .min), ("0e999999999", 0), (#""\u0031""#, 1),
  ])
  func `reads integers in every form`(text: String, value: Int32) throws {
    for field in ["int32Value", "sint32Value", "sfixed32Value"] {
      let message = try read(field, text)
      #expect(message.int32Value + message.sint32Value + message.sfixed32Value == value)
    }
    #expect(try read("int64Value", text).int64Value == Int64(value))
  }

  @Test(arguments: [
    ("int32Value", "2147483648", "int32"), ("int32Value", "-2147483649", "int32"),
    ("uint32Value", "4294967296", "uint32"), ("uint32Value", "-1", "uint32"),
    ("int64Value", "9223372036854775808", "int64"), ("uint64Value", "-1", "uint64"),
    ("uint64Value", "18446744073709551616", "uint64"), ("int32Value", "1e400", "int32"),
    ("int64Value", "123456789012345678901234567890", "int64"), ("int32Value", "\"1e99\"", "int32"),
  ])
  func `refuses integers out of range`(field: String, text: String, type: String) {
    let error = jsonError(Scalars.self, #"{"\#(field)":\#(text)}"#)
    #expect(error?.rule == .outOfRange(type: type))
    #expect(error?.path == field)
    #expect(error?.value == text)
  }

  @Test(arguments: [
    "1.5", "\"\"", "\" 1\"", "\"1 \"", "\"abc\"", "true", "{}", "[]", "1e-1", "\"0x1\"", "\"1.5\"",
    "\"+1\"", "\"01\"", "\"1e\"", "\"NaN\"", "0.00000000000000000001",
  ])
  func `refuses what is no integer`(text: String) {
    let error = jsonError(Scalars.self, #"{"int32Value":\#(text)}"#)
    #expect(error?.rule == .typeMismatch(expected: "an integer"))
  }

  @Test(arguments: [
    "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "--1", "1_0", "NaN", "Infinity", "-Infinity",
    "nan", "tru", "nul", "'1'", "u",
  ])
  func `refuses numbers that JSON does not have`(text: String) {
    for field in ["int32Value", "doubleValue"] {
      guard case .syntax = jsonError(Scalars.self, #"{"\#(field)":\#(text)}"#)?.rule else {
        Issue.record("\(field): \(text) is read")
        continue
      }
    }
  }

  @Test(arguments: [
    ("1", 1), ("-1.5", -1.5), ("\"1.5\"", 1.5), ("1e3", 1000), ("0.1", 0.1),
    ("2.2250738585072014e-308", .leastNormalMagnitude), ("4.9e-324", .leastNonzeroMagnitude),
    ("1.7976931348623157e308", .greatestFiniteMagnitude), ("\"Infinity\"", .infinity),
    ("\"-Infinity\"", -.infinity), ("1e-400", 0), ("9007199254740993", 9_007_199_254_740_992),
    ("0.30000000000000004", 0.1 + 0.2), ("16777217", 16_777_217),
  ])
  func `reads doubles as strtod does`(text: String, value: Double) throws {
    #expect(try read("doubleValue", text).doubleValue == value)
  }

  @Test func `reads NaN and the sign of zero`() throws {
    #expect(try read("doubleValue", "\"NaN\"").doubleValue.isNaN)
    #expect(try read("floatValue", "\"NaN\"").floatValue.isNaN)
    #expect(try read("doubleValue", "-0").doubleValue.sign == .minus)
    #expect(try read("floatValue", "-0.0").floatValue.sign == .minus)
    let message = Scalars.with { ($0.floatValue, $0.doubleValue) = (.nan, -.infinity) }
    #expect(message.jsonString() == #"{"floatValue":"NaN","doubleValue":"-Infinity"}"#)
  }

  @Test func `refuses floating point out of range`() {
    for (field, text, type) in [
      ("doubleValue", "1.89769e308", "double"), ("doubleValue", "-1e400", "double"),
      ("floatValue", "3.502823e38", "float"), ("floatValue", "\"1e39\"", "float"),
    ] {
      let error = jsonError(Scalars.self, #"{"\#(field)":\#(text)}"#)
      #expect(error?.rule == .outOfRange(type: type))
    }
    for text in ["true", "\"\"", "\"nan\"", "\"Inf\"", "\"1 \"", "{}"] {
      let error = jsonError(Scalars.self, #"{"doubleValue":\#(text)}"#)
      #expect(error?.rule == .typeMismatch(expected: "a number"))
    }
  }

  @Test func `prints the shortest floating point that reads back`() throws {
    let values: [Double] = [
      0.1, 1.0 / 3, 1e-7, 123456.789, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 100,
    ]
    for value in values {
      let message = Scalars.with { $0.doubleValue = value }
      #expect(try Scalars(json: message.json()) == message)
    }
    #expect(Scalars.with { $0.doubleValue = 100 }.jsonString() == #"{"doubleValue":100}"#)
    #expect(Scalars.with { $0.floatValue = 0.1 }.jsonString() == #"{"floatValue":0.1}"#)
  }

  @Test func `a number has a limit of characters`() throws {
    let limit = JSONReader.maximumNumberLength
    let ones = "1." + String(repeating: "1", count: limit - 2)
    #expect(try read("doubleValue", ones).doubleValue == 1.1111111111111112)
    for text in [ones + "1", "\"\(ones)1\""] {
      #expect(jsonError(Scalars.self, #"{"doubleValue":\#(text)}"#)?.rule == .numberLength)
      #expect(jsonError(Scalars.self, #"{"int32Value":\#(text)}"#)?.rule == .numberLength)
    }
  }

  @Test func `reads booleans strictly`() throws {
    #expect(try read("boolValue", "true").boolValue)
    #expect(try !read("boolValue", "false").boolValue)
    for text in ["1", "\"true\"", "0", "{}"] {
      let error = jsonError(Scalars.self, #"{"boolValue":\#(text)}"#)
      #expect(error?.rule == .typeMismatch(expected: "true or false"))
    }
  }

  @Test func `reads enumerations by either name or number`() throws {
    for text in ["\"BUY\"", "\"SIDE_BUY\"", "1", "1.0"] {
      #expect(try read("side", text).side == .buy)
    }
    #expect(try read("side", "\"SHORT\"").side == .sell)
    #expect(try read("side", "77").side == .unrecognized(77))
    #expect(try read("side", "-1").side == .old)
    let error = jsonError(Scalars.self, #"{"side":"HOLD"}"#)
    #expect(error?.rule == .unknownEnumValue(type: "alphintra.testing.v1.Side"))
    #expect(error?.description == #"side: not a value of alphintra.testing.v1.Side, found "HOLD""#)
    #expect(jsonError(Scalars.self, #"{"side":"buy"}"#)?.path == "side")
    #expect(jsonError(Scalars.self, #"{"side":2147483648}"#)?.rule == .outOfRange(type: "int32"))
    #expect(
      jsonError(Scalars.self, #"{"side":true}"#)?.rule == .typeMismatch(expected: "an integer"))
  }
}
