import Core
import Protobuf
import Testing
import TestingContract

/// The examples of "Encoding" in the Protocol Buffers documentation, and the edges of its rules.
@Suite struct WireFormatTests {
  typealias Scalars = TestingV1.Scalars
  typealias Collections = TestingV1.Collections

  @Test func `encodes the documentation's examples`() throws {
    #expect(Scalars.with { $0.int32Value = 150 }.serialized() == hex("08 96 01"))
    #expect(
      Collections.with { $0.names = ["testing"] }.serialized() == hex("42 07 74657374696e67"))
    #expect(
      Collections.with { $0.items = [.with { $0.int32Value = 150 }] }.serialized()
        == hex("52 03 08 96 01"))
    #expect(
      Collections.with { $0.numbers = [3, 270, 86942] }.serialized()
        == hex("0a 06 03 8e02 9ea705"))
    #expect(
      Scalars.with { $0.int64Value = -2 }.serialized() == hex("10 feffffffffffffffff 01"))
    #expect(
      Scalars.with { $0.int32Value = -2 }.serialized() == hex("08 feffffffffffffffff 01"))
  }

  @Test(arguments: [
    (0, "00"), (-1, "01"), (1, "02"), (-2, "03"), (0x7fff_ffff, "feffffff0f"),
    (-0x8000_0000, "ffffffff0f"),
  ])
  func `zigzags as documented`(value: Int64, encoded: String) throws {
    // A packed field shows the bytes of zero too.
    let bytes = hex(encoded)
    let message = Collections.with { $0.deltas = [value] }
    #expect(message.serialized() == [0x12, UInt8(bytes.count)] + bytes)
    #expect(try Collections(serialized: message.serialized()) == message)
    let narrow = Scalars.with { $0.sint32Value = Int32(value) }
    #expect(narrow.serialized() == (value == 0 ? [] : [0x28] + bytes))
    #expect(try Scalars(serialized: narrow.serialized()) == narrow)
  }

  @Test(arguments: [
    UInt64(1), 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, 0xfff_ffff, 0x1000_0000,
    0x7_ffff_ffff, 0x8_0000_0000, 0x3ff_ffff_ffff, 0x400_0000_0000, 0x1_ffff_ffff_ffff,
    0x2_0000_0000_0000, 0xff_ffff_ffff_ffff, 0x100_0000_0000_0000, 0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000, .max,
  ])
  func `varints round trip where their length changes`(value: UInt64) throws {
    let message = Scalars.with { $0.uint64Value = value }
    #expect(message.serialized() == [0x20] + varint(value))
    // Both ways to read: with ten bytes ahead, and at the end.
    #expect(try Scalars(serialized: message.serialized()) == message)
    let padded = message.serialized() + field(14, Array(repeating: 0x61, count: 20))
    #expect(try Scalars(serialized: padded).uint64Value == value)
  }

  @Test func `takes overlong varints of up to ten bytes and no longer ones`() throws {
    #expect(try Scalars(serialized: hex("08 8180808080808080 80 00")).int32Value == 1)
    #expect(try Scalars(serialized: hex("20 ffffffffffffffffff 01")).uint64Value == .max)
    // Bits beyond the 64th are dropped.
    #expect(try Scalars(serialized: hex("20 ffffffffffffffffff 7f")).uint64Value == .max)
    for tail in ["", "00000000000000000000"] {
      let bytes = hex("20 ffffffffffffffffff 81 01" + tail)
      #expect(binaryError(Scalars.self, bytes)?.rule == .malformedVarint)
    }
  }

  @Test func `truncates integers and takes any number for true`() throws {
    #expect(try Scalars(serialized: hex("08 8180808010")).int32Value == 1)
    #expect(try Scalars(serialized: hex("18 8180808010")).uint32Value == 1)
    #expect(try Scalars(serialized: hex("68 8001")).boolValue)
    #expect(try Scalars(serialized: hex("68 80808080808080808001")).boolValue)
    #expect(try !Scalars(serialized: hex("68 8000")).boolValue)
  }

  @Test func `writes fixed widths in little-endian order`() throws {
    #expect(Scalars.with { $0.fixed32Value = 0x0102_0304 }.serialized() == hex("3d 04030201"))
    #expect(
      Scalars.with { $0.sfixed64Value = -2 }.serialized() == hex("51 feffffffffffffff"))
    #expect(Scalars.with { $0.doubleValue = 1 }.serialized() == hex("61 000000000000f03f"))
    #expect(
      Collections.with { $0.prices = [1, -1] }.serialized()
        == hex("22 10 000000000000f03f 000000000000f0bf"))
  }

  @Test(arguments: [
    "08", "0880", "10 ffffffff", "3d 010203", "41 01020304050607", "72 05 6162", "72 80",
    "72 ffffffffffffffffff01", "5b", "5b 08 01", "80",
  ])
  func `refuses what ends too early`(text: String) {
    #expect(binaryError(Scalars.self, hex(text))?.rule == .truncated)
  }

  @Test func `every prefix of a message is truncated or a message`() throws {
    let bytes = try RoundTripTests.node().serialized()
    for count in bytes.indices {
      let error = binaryError(TestingV1.Node.self, Array(bytes[..<count]))
      // A decimal cut at a field boundary has no text left.
      #expect(
        error == nil || error?.rule == .truncated || error?.rule == .invalidDecimal(.malformed("")))
    }
  }

  @Test(arguments: ["00 00", "07", "8080808010 00", "8080808080808001 00", "02 00", "0500000000"])
  func `refuses field numbers outside 1 to 2^29-1`(text: String) {
    #expect(binaryError(Scalars.self, hex(text))?.rule == .invalidTag)
  }

  @Test(arguments: ["0e 00", "0f 00", "fe07 00"])
  func `refuses wire types 6 and 7`(text: String) {
    #expect(binaryError(Scalars.self, hex(text))?.rule == .invalidWireType)
  }

  @Test(arguments: ["0c", "a301 a401 ac01", "a301 ac01", "a301 ab01 a401"])
  func `refuses groups that do not match`(text: String) {
    #expect(binaryError(Scalars.self, hex(text))?.rule == .unbalancedGroup)
  }

  @Test func `a packed field of a fixed width has whole elements`() {
    #expect(binaryError(Collections.self, hex("22 07 00000000000000"))?.rule == .truncated)
    #expect(binaryError(Collections.self, hex("1a 05 0000000000"))?.rule == .truncated)
  }

  @Test(arguments: [
    "ff", "c0 80", "c3", "e0 80 80", "ed a0 80", "f0 80 80 80", "f4 90 80 80", "f5 80 80 80",
    "61 80", "e2 82", "f8 88 80 80 80",
  ])
  func `refuses strings that are not UTF-8`(text: String) {
    #expect(binaryError(Scalars.self, field(14, hex(text)))?.rule == .invalidUTF8)
    #expect(binaryError(Collections.self, field(8, hex(text)))?.rule == .invalidUTF8)
    #expect(binaryError(Collections.self, field(12, field(1, hex(text))))?.rule == .invalidUTF8)
    #expect((try? Scalars(serialized: field(15, hex(text))))?.bytesValue == hex(text))
  }

  @Test(arguments: [
    "", "a", "\u{0}", "é", "日本", "🦔", "a\u{0}b", "\u{7ff}\u{800}\u{ffff}\u{10ffff}",
  ])
  func `strings of every length of UTF-8 round trip`(text: String) throws {
    let message = Scalars.with { $0.stringValue = text }
    #expect(message.serialized() == (text.isEmpty ? [] : field(14, Array(text.utf8))))
    #expect(try Scalars(serialized: message.serialized()).stringValue == text)
  }
}
