import Protobuf
import Testing
import TestingContract

@Suite struct DepthTests {
  typealias Node = TestingV1.Node

  static func nested(_ depth: Int) -> [UInt8] {
    (0..<depth).reduce(into: [UInt8]()) { bytes, _ in
      bytes = [0x12] + varint(UInt64(bytes.count)) + bytes
    }
  }

  @Test func `a hundred levels of messages are read, one more is refused`() throws {
    #expect(BinaryReader.maximumDepth == 100)
    let node = try Node(serialized: Self.nested(100))
    #expect(node.serialized() == Self.nested(100))
    #expect(binaryError(Node.self, Self.nested(101))?.rule == .depthLimit)
    #expect(binaryError(Node.self, Self.nested(10_000))?.rule == .depthLimit)
  }

  @Test func `a hundred levels of groups are skipped, one more is refused`() throws {
    func groups(_ depth: Int) -> [UInt8] {
      Array(repeating: hex("bb01"), count: depth).flatMap(\.self)
        + Array(repeating: hex("bc01"), count: depth).flatMap(\.self)
    }
    #expect(try Node(serialized: groups(100)).unknownFields.bytes == groups(100))
    #expect(binaryError(Node.self, groups(101))?.rule == .depthLimit)
    #expect(binaryError(Node.self, groups(100_000))?.rule == .depthLimit)
    // Messages and groups count together.
    var bytes = groups(51)
    for _ in 0..<50 { bytes = [0x12] + varint(UInt64(bytes.count)) + bytes }
    #expect(binaryError(Node.self, bytes)?.rule == .depthLimit)
  }

  @Test func `JSON has the same limit, which the options move`() throws {
    func object(_ depth: Int) -> String {
      String(repeating: #"{"left":"#, count: depth - 1) + "{}"
        + String(repeating: "}", count: depth - 1)
    }
    #expect(try Node(json: object(100)).left != nil)
    let error = jsonError(Node.self, object(101))
    #expect(error?.rule == .depthLimit(100))
    #expect(error?.path == Array(repeating: "left", count: 100).joined(separator: "."))
    #expect(jsonError(Node.self, object(100_000))?.rule == .depthLimit(100))
    var options = JSONDecodingOptions(ignoreUnknownFields: true)
    options.maximumDepth = 5
    #expect(try Node(json: object(5), options: options).left != nil)
    #expect(jsonError(Node.self, object(6), options: options)?.rule == .depthLimit(5))
    let arrays = String(repeating: "[", count: 5) + String(repeating: "]", count: 5)
    let unknown = #"{"unknown":\#(arrays)}"#
    #expect(jsonError(Node.self, unknown, options: options)?.rule == .depthLimit(5))
    #expect(throws: Never.self) { try Node(json: #"{"unknown":[[[[1]]]]}"#, options: options) }
  }

  @Test func `an error deep inside names every field on the way`() {
    let leg = field(5, field(1, [0xff]))
    let bytes = field(2, field(4, leg))
    #expect(binaryError(Node.self, bytes)?.path == "left.children.legs.symbol")
    let map = field(13, hex("08 01 12 03 72 01 ff"))
    #expect(binaryError(TestingV1.Collections.self, map)?.path == "items_by_id.string_value")
  }
}
