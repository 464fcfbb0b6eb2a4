import Core
import Protobuf
import Testing
import TestingContract

/// What repeated, unknown and mistyped fields mean; source: "Encoding", Protocol Buffers.
@Suite struct MergeTests {
  typealias Scalars = TestingV1.Scalars
  typealias Collections = TestingV1.Collections
  typealias Node = TestingV1.Node

  @Test func `the last scalar wins`() throws {
    #expect(try Scalars(serialized: hex("08 01 08 02")).int32Value == 2)
    #expect(try Scalars(serialized: hex("08 01 08 00")).int32Value == 0)
    #expect(try Scalars(serialized: field(14, [0x61]) + field(14, [0x62])).stringValue == "b")
  }

  @Test func `a submessage that occurs twice is merged`() throws {
    let first = Node.with { $0.left = .with { ($0.nodeID, $0.optionalCount) = ("a", 1) } }
    let second = Node.with { $0.left = .with { ($0.nodeID, $0.optionalText) = ("b", "t") } }
    let merged = try Node(serialized: first.serialized() + second.serialized())
    #expect(merged.left?.nodeID == "b")
    #expect(merged.left?.optionalCount == 1)
    #expect(merged.left?.optionalText == "t")
  }

  @Test func `repeated fields and maps accumulate`() throws {
    let first = Collections.with { ($0.names, $0.labels) = (["a"], ["k": "1", "l": "2"]) }
    let second = Collections.with { ($0.names, $0.labels) = (["b"], ["k": "3"]) }
    let merged = try Collections(serialized: first.serialized() + second.serialized())
    #expect(merged.names == ["a", "b"])
    #expect(merged.labels == ["k": "3", "l": "2"])
  }

  @Test func `a oneof keeps its last member and merges the same message`() throws {
    let leg = Node.with { $0.choice = .leg(.with { $0.symbol = "A" }) }
    let price = Node.with { $0.choice = .leg(.with { $0.price = 5 }) }
    let count = Node.with { $0.choice = .count(0) }
    let both = try Node(serialized: leg.serialized() + price.serialized())
    #expect(both.choice == .leg(.with { ($0.symbol, $0.price) = ("A", 5) }))
    #expect(try Node(serialized: leg.serialized() + count.serialized()).choice == .count(0))
    let reset = leg.serialized() + count.serialized() + price.serialized()
    #expect(try Node(serialized: reset).choice == .leg(.with { $0.price = 5 }))
  }

  @Test func `packed and unpacked are both read, also mixed`() throws {
    let bytes = hex("08 01 0a 02 02 03 08 04")
    #expect(try Collections(serialized: bytes).numbers == [1, 2, 3, 4])
    #expect(try Collections(serialized: hex("38 01 3a 02 02 03 38 04")).loose == [1, 2, 3, 4])
    #expect(Collections.with { $0.loose = [1, 2] }.serialized() == hex("38 01 38 02"))
    #expect(try Collections(serialized: hex("1d 01000000 1a 04 02000000")).checks == [1, 2])
    #expect(try Collections(serialized: hex("28 01 2a 02 00 07")).flags == [true, false, true])
    #expect(
      try Collections(serialized: hex("30 01 32 02 02 63")).sides == [
        .buy, .sell, .unrecognized(99),
      ])
    #expect(try Collections(serialized: hex("0a 00")).numbers == [])
  }

  @Test func `negative zero is not the default`() throws {
    let message = Scalars.with { ($0.floatValue, $0.doubleValue) = (-0.0, -0.0) }
    #expect(message.serialized() == hex("5d 00000080 61 0000000000000080"))
    let read = try Scalars(serialized: message.serialized())
    #expect(read.floatValue.sign == .minus)
    #expect(read.doubleValue.sign == .minus)
    #expect(message.jsonString() == #"{"floatValue":-0,"doubleValue":-0}"#)
    #expect(try Scalars(json: message.json()).doubleValue.sign == .minus)
  }

  @Test func `NaN keeps its bits`() throws {
    let payload = Double(bitPattern: 0x7ff8_0000_dead_beef)
    let message = Scalars.with { $0.doubleValue = payload }
    let read = try Scalars(serialized: message.serialized())
    #expect(read.doubleValue.bitPattern == payload.bitPattern)
  }

  @Test func `presence survives default values`() throws {
    let node = Node.with { node in
      (node.optionalCount, node.optionalText, node.optionalSide) = (0, "", .unspecified)
      (node.optionalDouble, node.optionalBlob, node.left) = (0, [], Node())
    }
    let read = try Node(serialized: node.serialized())
    #expect(read == node)
    #expect(read.optionalCount == 0 && read.left == Node())
    #expect(Node().serialized() == [])
    #expect(try Node(serialized: []) == Node())
  }

  @Test func `unknown enumeration values are kept`() throws {
    let message = try Scalars(serialized: hex("8001 63"))
    #expect(message.side == .unrecognized(99))
    #expect(message.serialized() == hex("8001 63"))
    #expect(message.jsonString() == #"{"side":99}"#)
    #expect(try Scalars(json: message.json()) == message)
    let negative = try Scalars(serialized: hex("8001 ffffffffffffffffff01"))
    #expect(negative.side == .old)
    #expect(TestingV1.Side.unrecognized(1) == .buy)
    #expect(TestingV1.Side.unrecognized(1).hashValue == TestingV1.Side.buy.hashValue)
    #expect(TestingV1.Side.short == .sell)
  }

  @Test func `unknown fields come back as they were, groups too`() throws {
    let unknown =
      hex("a001 05") + hex("a901 0102030405060708") + hex("b201 03 616263")
      + hex("bb01 08 01 bb01 12 01 61 bc01 bc01") + hex("c501 01020304")
    let known = hex("08 01")
    let message = try Scalars(serialized: unknown + known)
    #expect(message.unknownFields.bytes == unknown)
    #expect(message.int32Value == 1)
    #expect(message.serialized() == known + unknown)
    #expect(message != Scalars.with { $0.int32Value = 1 })
    // They have no names, so JSON cannot carry them.
    #expect(message.jsonString() == #"{"int32Value":1}"#)
  }

  @Test func `a known field of another wire type is unknown`() throws {
    let bytes = hex("0a 01 61") + hex("70 05") + hex("0d 01020304")
    let message = try Scalars(serialized: bytes)
    #expect(message == Scalars.with { $0.unknownFields = message.unknownFields })
    #expect(message.serialized() == bytes)
  }

  @Test func `nested unknown fields are kept where they were`() throws {
    let leg = hex("0a 01 41 78 05")
    let node = try Node(serialized: field(5, leg))
    #expect(node.legs.first?.symbol == "A")
    #expect(node.serialized() == field(5, leg))
  }

  @Test func `map entries may lack parts, repeat them or hold unknown ones`() throws {
    func labels(_ entry: [UInt8]) throws -> [String: String] {
      try Collections(serialized: field(12, entry)).labels
    }
    #expect(try labels([]) == ["": ""])
    #expect(try labels(field(1, [0x6b])) == ["k": ""])
    #expect(try labels(field(2, [0x76])) == ["": "v"])
    #expect(try labels(field(2, [0x76]) + field(1, [0x6b])) == ["k": "v"])
    #expect(try labels(field(1, [0x61]) + field(1, [0x62]) + field(2, [0x76])) == ["b": "v"])
    #expect(try labels(hex("18 05 08 01") + field(1, [0x6b]) + hex("1b 1c")) == ["k": ""])
    // A message value that occurs twice is merged.
    let entry = hex("08 07 12 02 08 01 12 02 10 02")
    let items = try Collections(serialized: field(13, entry)).itemsByID
    #expect(items == [7: .with { ($0.int32Value, $0.int64Value) = (1, 2) }])
    #expect(binaryError(Collections.self, field(12, field(1, [0xff])))?.rule == .invalidUTF8)
    #expect(binaryError(Collections.self, field(12, hex("0a 05 61")))?.rule == .truncated)
  }

  @Test func `a copy of a recursive message is a value of its own`() {
    var node = Node.with { $0.left = .with { $0.nodeID = "a" } }
    let copy = node
    node.left?.nodeID = "b"
    #expect(copy.left?.nodeID == "a")
    #expect(node.left?.nodeID == "b")
    #expect(copy != node)
    node.left?.nodeID = "a"
    #expect(copy == node && copy.hashValue == node.hashValue)
    node.left = nil
    #expect(node == Node() && node.hashValue == Node().hashValue)
    #expect(copy.left != nil)
    node.right?.nodeID = "x"
    #expect(node.right == nil && node == Node())
  }
}
