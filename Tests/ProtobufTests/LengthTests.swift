import Protobuf
import Testing
import TestingContract

/// Lengths are filled in after their content, in a buffer that grows: every width, every boundary.
@Suite struct LengthTests {
  private typealias Node = TestingV1.Node

  static let boundaries =
    [0, 1, 124, 125, 126, 127, 128, 129, 130, 1_000]
    + Array(1_010...1_030) + Array(16_374...16_390) + [65_535, 65_536, 2_097_150, 2_097_160]

  @Test(arguments: boundaries)
  func `a nested message of any length is written as the specification says`(count: Int) throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: count)
    let inner = count == 0 ? [] : field(1, text)
    let bytes = field(2, field(4, inner) + field(4, inner)) + field(12, text)
    let child = Node.with { $0.nodeID = String(decoding: text, as: UTF8.self) }
    let message = Node.with {
      $0.left = Node.with { $0.children = [child, child] }
      $0.choice = .text(child.nodeID)
    }
    #expect(message.serialized() == bytes)
    #expect(try Node(serialized: bytes) == message)
  }

  @Test(arguments: boundaries)
  func `packed numbers and maps of any length`(count: Int) throws {
    let message = TestingV1.Collections.with {
      $0.numbers = Array(repeating: 1, count: count)
      $0.labels = ["": String(repeating: "b", count: count)]
    }
    let ones = Array(repeating: UInt8(1), count: count)
    let entry = field(1, []) + field(2, Array(repeating: UInt8(ascii: "b"), count: count))
    #expect(message.serialized() == (count == 0 ? [] : field(1, ones)) + field(12, entry))
    #expect(try TestingV1.Collections(serialized: message.serialized()) == message)
  }

  @Test(arguments: [1, 10, 50, 99])
  func `lengths are right at every depth`(depth: Int) throws {
    var message = Node.with { $0.nodeID = String(repeating: "leaf", count: 40) }
    for _ in 0..<depth {
      let inner = message
      message = Node.with { $0.right = inner }
    }
    #expect(try Node(serialized: message.serialized()) == message)
  }

  @Test func `a varint does not reach beyond its message`() {
    // Its second byte is the next field of the message around it.
    let bytes = hex("52 02 08 80 01 00 00 00 00 00 00 00 00")
    let error = binaryError(TestingV1.Collections.self, bytes)
    #expect(error == BinaryDecodingError(.truncated, path: "items.int32_value"))
  }
}
