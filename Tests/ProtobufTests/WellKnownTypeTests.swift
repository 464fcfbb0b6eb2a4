import Protobuf
import Testing
import TestingContract

@Suite struct WellKnownTypeTests {
  @Test(arguments: [
    ([String](), ""), (["foo"], "foo"), (["foo_bar", "a.b_c"], "fooBar,a.bC"), (["a1_b"], "a1B"),
  ])
  func `a field mask is one text of lowerCamelCase paths`(paths: [String], text: String) throws {
    let mask = Google.FieldMask(paths)
    #expect(mask.jsonString() == "\"\(text)\"")
    #expect(try Google.FieldMask(json: "\"\(text)\"") == mask)
    #expect(try Google.FieldMask(serialized: mask.serialized()) == mask)
  }

  @Test(arguments: ["foo_bar", "a,", ",", "a b", "a,,b", "é", "a-b"])
  func `a field mask refuses other paths`(text: String) {
    #expect(jsonError(Google.FieldMask.self, "\"\(text)\"")?.rule == .invalidFieldMask)
  }

  @Test func `a path without a lowerCamelCase form is printed as it is`() {
    let mask = Google.FieldMask(["fooBar", "a__b", "a_", "a_1"])
    #expect(mask.jsonString() == #""fooBar,a__b,a_,a_1""#)
  }

  @Test(arguments: [[""], ["a", ""], ["", "a"], ["a", "fooBar"], ["a_"], ["a__b"], ["a_1"]])
  func `a field mask that JSON cannot tell has no valid form`(paths: [String]) {
    #expect(jsonEncodingError(Google.FieldMask(paths))?.rule == .invalidFieldMask)
  }

  @Test func `wrappers are their scalar in JSON and a message in binary`() throws {
    #expect(Google.StringValue("x").jsonString() == #""x""#)
    #expect(Google.Int64Value(5).jsonString() == #""5""#)
    #expect(Google.UInt64Value(.max).jsonString() == #""18446744073709551615""#)
    #expect(Google.Int32Value(-5).jsonString() == "-5")
    #expect(Google.UInt32Value(.max).jsonString() == "4294967295")
    #expect(Google.BoolValue(true).jsonString() == "true")
    #expect(Google.DoubleValue(1.5).jsonString() == "1.5")
    #expect(Google.FloatValue(.infinity).jsonString() == #""Infinity""#)
    #expect(Google.BytesValue([0xff]).jsonString() == #""/w==""#)
    #expect(Google.StringValue("x").serialized() == hex("0a 01 78"))
    #expect(Google.Int32Value(0).serialized() == [])
    #expect(Google.DoubleValue(-0.0).serialized() == hex("09 0000000000000080"))
    #expect(try Google.Int64Value(json: #""7""#) == Google.Int64Value(7))
    #expect(try Google.StringValue(serialized: hex("0a 01 78 10 01")).value == "x")
    #expect(Google.StringValue.messageName == "google.protobuf.StringValue")
    #expect(Google.BytesValue.messageName == "google.protobuf.BytesValue")
    #expect(
      jsonError(Google.Int32Value.self, "true")?.rule == .typeMismatch(expected: "an integer"))
    #expect(jsonError(TestingV1.Node.self, #"{"limit":"x"}"#)?.path == "limit")
  }

  @Test func `empty takes an empty object and keeps unknown fields`() throws {
    #expect(try Google.Empty(json: " { } ") == Google.Empty())
    #expect(Google.Empty().jsonString() == "{}")
    #expect(try Google.Empty(serialized: hex("08 01")).serialized() == hex("08 01"))
    #expect(jsonError(Google.Empty.self, #"{"a":1}"#)?.rule == .unknownField)
    #expect(jsonError(Google.Empty.self, "[]")?.rule == .typeMismatch(expected: "an object"))
  }

  @Test func `any carries a message of a named type`() throws {
    let node = try RoundTripTests.node()
    let any = Google.`Any`(packing: node)
    #expect(any.typeURL == "type.googleapis.com/alphintra.testing.v1.Node")
    let read = try Google.`Any`(serialized: any.serialized())
    #expect(read == any)
    #expect(try read.unpacked(as: TestingV1.Node.self) == node)
    #expect(try read.unpacked(as: TestingV1.Scalars.self) == nil)
  }
}
