import Core
import Protobuf
import TestSupport
import Testing
import TestingContract

/// Our codec and protobuf-c read what the other writes; where protobuf-c is known to differ, the
/// difference is stated here and holds.
@Suite struct ProtobufCTests {
  typealias KitchenSink = TestingV1.KitchenSink

  @Test func `what we write it reads and writes back`() async throws {
    var generator = MessageGenerator(seed: 18, avoidsZeroBytesAndNegativeZero: true)
    let messages = [KitchenSink()] + (0..<2_000).map { _ in generator.kitchenSink() }
    let answers = try await ProtobufCPeer.shared.value.echo(messages.map { $0.serialized() })
    for (message, answer) in zip(messages, answers) {
      guard case .written(let bytes) = answer else {
        Issue.record("\(answer) of \(message.jsonString())")
        continue
      }
      #expect(try KitchenSink(serialized: bytes) == message)
    }
  }

  @Test func `what it writes we read`() async throws {
    let golden = try await ProtobufCPeer.shared.value.golden()
    let price = try Decimal("101.25")
    let expected = KitchenSink.with {
      $0.doubleValue = 1.5
      $0.floatValue = -2.25
      $0.int32Value = -3
      $0.int64Value = .min
      $0.uint32Value = .max
      $0.uint64Value = .max
      $0.sint32Value = .min
      $0.sint64Value = -4
      $0.fixed32Value = 5
      $0.fixed64Value = 6
      $0.sfixed32Value = -7
      $0.sfixed64Value = -8
      $0.boolValue = true
      $0.stringValue = "nine"
      $0.bytesValue = [0, 255]
      $0.color = .infrared
      $0.nested = .with {
        $0.name = "inner"
        $0.kind = .leaf
      }
      $0.optionalInt32 = 0
      $0.int32s = [0, -1, .max]
      $0.unpackedInt32s = [7, 0]
      $0.strings = ["", "é"]
      $0.doubleBySint64 = [.min: -0.5]
      $0.choice = .choiceDecimal(price)
      $0.timestamp = Google.Timestamp(seconds: 1_700_000_000, nanos: 5)
      $0.jsonRenamed = 10
      $0.largeNumber = 11
    }
    #expect(try KitchenSink(serialized: golden) == expected)
    #expect(expected.serialized().count == golden.count)
  }

  @Test func `both keep unknown fields`() async throws {
    let bytes: [UInt8] = [0xA0, 0x7D, 5]
    #expect(try await ProtobufCPeer.shared.value.echo([bytes]) == [.unknown(bytes)])
    #expect(try KitchenSink(serialized: bytes).serialized() == bytes)
  }

  // MARK: What protobuf-c 1.4 is known to do otherwise

  @Test func `it cannot generate code for a proto3 optional field`() async throws {
    let folder = try TemporaryFolder()
    let error = await #expect(throws: ProtobufCPeer.Failure.self) {
      try await ProtobufCPeer.generate(in: folder, rewritingOptionals: false)
    }
    guard case .tool(_, let errors) = error else { return }
    #expect(errors.contains("hasn't been updated to support optional fields in proto3"))
  }

  @Test(
    "it loses what we keep",
    arguments: [
      // A string ends at its first zero byte.
      ([0x72, 3, 0x61, 0, 0x62], [0x72, 1, 0x61]),
      // Negative zero counts as zero: a double and a float.
      ([0x09, 0, 0, 0, 0, 0, 0, 0, 0x80], []), ([0x15, 0, 0, 0, 0x80], []),
      // A message of a oneof that comes twice is not merged: the second replaces the first.
      ([0x8A, 4, 3, 0x0A, 1, 0x61, 0x8A, 4, 2, 0x18, 1], [0x8A, 4, 2, 0x18, 1]),
      // Of a message that comes twice the unknown fields of the first are lost.
      ([0x8A, 1, 2, 0x78, 1, 0x8A, 1, 2, 0x78, 2], [0x8A, 1, 2, 0x78, 2]),
    ] as [([UInt8], [UInt8])])
  func losses(input: [UInt8], written: [UInt8]) async throws {
    let answer = try await ProtobufCPeer.shared.value.echo([input])[0]
    #expect(answer == .written(written) || answer == .unknown(written))
    let ours = try KitchenSink(serialized: input)
    #expect(ours.serialized() != written)
    #expect(try KitchenSink(serialized: ours.serialized()) == ours)
  }

  @Test func `it accepts a string that is not UTF-8`() async throws {
    let bytes: [UInt8] = [0x72, 2, 0xFF, 0xFE]
    #expect(try await ProtobufCPeer.shared.value.echo([bytes]) == [.written(bytes)])
    #expect(throws: BinaryDecodingError.self) { try KitchenSink(serialized: bytes) }
  }

  @Test func `it refuses an unknown group, which we keep`() async throws {
    let bytes: [UInt8] = [0xA3, 0x7D, 0xA4, 0x7D]
    #expect(try await ProtobufCPeer.shared.value.echo([bytes]) == [.refused])
    #expect(try KitchenSink(serialized: bytes).serialized() == bytes)
  }

  @Test func `both entries of one key stay in a map`() async throws {
    let once: [UInt8] = [0x9A, 3, 6, 0x0A, 1, 0x6B, 0x12, 1, 0x76]
    #expect(try await ProtobufCPeer.shared.value.echo([once + once]) == [.written(once + once)])
    #expect(try KitchenSink(serialized: once + once).serialized() == once)
  }

  @Test func `it follows nesting until its stack is gone, we to the depth limit`() async throws {
    let bytes = nested(levels: 200_000)
    await #expect(throws: ProtobufCPeer.Failure.self) {
      try await ProtobufCPeer.shared.value.echo([bytes])
    }
    #expect(throws: BinaryDecodingError.self) { try KitchenSink(serialized: bytes) }
  }

  /// Sinks within sinks (field 18).
  private func nested(levels: Int) -> [UInt8] {
    // Built from the inside out, backwards, so that no level is copied.
    var reversed: [UInt8] = []
    for _ in 0..<levels {
      var length: [UInt8] = []
      var rest = reversed.count
      repeat {
        length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
        rest >>= 7
      } while rest > 0
      reversed += length.reversed()
      reversed += [0x01, 0x92]
    }
    return reversed.reversed()
  }
}
