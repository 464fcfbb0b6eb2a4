import Core
import Protobuf
import Testing
import TestingContract

/// `alphintra.type.Decimal { string value = 1; }` as a number.
@Suite struct DecimalFieldTests {
  typealias Leg = TestingV1.Node.Leg

  @Test(arguments: [
    "0", "-1", "101.25", "0.000000000000000001", "99999999999999999999.999999999999999999",
    "-99999999999999999999.999999999999999999",
  ])
  func `travels as canonical text`(text: String) throws {
    let leg = try Leg.with { (leg: inout Leg) in leg.price = try Decimal(text) }
    #expect(leg.serialized() == field(2, field(1, Array(text.utf8))))
    #expect(try Leg(serialized: leg.serialized()) == leg)
    #expect(leg.jsonString() == #"{"price":"\#(text)"}"#)
    #expect(try Leg(json: leg.json()) == leg)
  }

  @Test(arguments: [
    (#""101.250""#, "101.25"), ("101.25", "101.25"), ("-7", "-7"), ("1e-7", "0.0000001"),
    ("0.1", "0.1"),
    ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
    (#""\u0031""#, "1"),
  ])
  func `is read from the text of a string or a number`(json: String, canonical: String) throws {
    #expect(try Leg(json: "{\"price\": \(json)}").price?.description == canonical)
  }

  @Test(arguments: [
    (#""""#, DecimalError.malformed("")), (#""abc""#, .malformed("abc")),
    (#""1e3""#, .malformed("1e3")), (#""NaN""#, .malformed("NaN")), (#"" 1""#, .malformed(" 1")),
    ("1e400", .tooManyIntegerDigits("1e400")), ("1e-19", .tooManyFractionDigits("1e-19")),
    (#""0.0000000000000000001""#, .tooManyFractionDigits("0.0000000000000000001")),
  ])
  func `says what is wrong with a number and where`(json: String, reason: DecimalError) {
    let error = jsonError(TestingV1.Node.self, #"{"legs":[{},{"symbol":"A","price":\#(json)}]}"#)
    #expect(error?.path == "legs[1].price")
    #expect(error?.rule == .invalidDecimal(reason))
    #expect(error?.value == json)
  }

  @Test func `other kinds of JSON are refused`() {
    for json in ["true", "{}", "[]"] {
      let error = jsonError(Leg.self, #"{"price":\#(json)}"#)
      #expect(error?.rule == .typeMismatch(expected: "a decimal"))
    }
    #expect((try? Leg(json: #"{"price":null}"#)) == Leg())
  }

  @Test func `the binary form names the field too`() {
    let bad = field(2, field(1, Array("1,5".utf8)))
    let error = binaryError(TestingV1.Node.self, field(5, bad))
    #expect(error?.path == "legs.price")
    #expect(error?.rule == .invalidDecimal(.malformed("1,5")))
    #expect(error?.description == #"legs.price: "1,5" is not a decimal number"#)
    #expect(binaryError(Leg.self, bad)?.path == "price")
    let element = field(11, field(1, Array("x".utf8)))
    #expect(binaryError(TestingV1.Collections.self, element)?.path == "amounts")
  }

  @Test func `without text it is malformed, but a merge may leave it out`() throws {
    #expect(binaryError(Leg.self, field(2, []))?.rule == .invalidDecimal(.malformed("")))
    let one = field(2, field(1, [0x31]))
    #expect(try Leg(serialized: one + field(2, [])).price == 1)
    #expect(try Leg(serialized: one + field(2, field(1, [0x32]))).price == 2)
    #expect(try Leg(serialized: field(2, hex("10 05") + field(1, [0x31]))).price == 1)
  }
}
