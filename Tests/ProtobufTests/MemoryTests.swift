import Protobuf
import TestSupport
import Testing
import TestingContract

@Suite struct MemoryTests {
  /// A short first element makes the reader expect many; nested, it would do so at every level.
  @Test func `expected elements take memory in proportion to the bytes at hand`() throws {
    var bytes: [UInt8] = []
    for _ in 0..<100 { bytes = [0x22, 0x00, 0x22] + varint(UInt64(bytes.count)) + bytes }
    var node = try TestingV1.Node(serialized: bytes)
    var reserved = 0
    while let last = node.children.last {
      reserved += node.children.capacity * MemoryLayout<TestingV1.Node>.stride
      node = last
    }
    #expect(reserved < bytes.count * 100 * 16)
  }
}
