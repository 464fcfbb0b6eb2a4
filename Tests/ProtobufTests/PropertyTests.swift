import Core
import Protobuf
import TestSupport
import Testing
import TestingContract

@Suite struct PropertyTests {
  @Test func `random messages round trip in both forms`() throws {
    var generator = MessageGenerator(seed: 11)
    for _ in 0..<1_000 {
      try check(generator.scalars())
      try check(generator.collections())
      try check(generator.node())
    }
  }

  private func check<M: Message>(_ message: M) throws {
    let bytes = message.serialized()
    #expect(try M(serialized: bytes) == message)
    for names in [false, true] {
      for defaults in [false, true] {
        let options = JSONEncodingOptions(
          preservingProtoFieldNames: names, printingDefaultValues: defaults,
          printingEnumsAsIntegers: defaults)
        let json = message.json(options: options)
        #expect(try M(json: json) == message, "\(message.jsonString(options: options))")
        #expect(try M(json: json).json(options: options) == json)
      }
    }
  }

  @Test func `concatenated messages merge as one after the other`() throws {
    var generator = MessageGenerator(seed: 12)
    for _ in 0..<500 {
      let (first, second) = (generator.scalars(), generator.scalars())
      let merged = try TestingV1.Scalars(serialized: first.serialized() + second.serialized())
      // Every field without presence that the second leaves out keeps the first's value.
      #expect(merged.int64Value == (second.int64Value == 0 ? first.int64Value : second.int64Value))
      #expect(
        merged.stringValue == (second.stringValue.isEmpty ? first.stringValue : second.stringValue))
    }
  }

  @Test func `what one message does not know another can still read`() throws {
    var generator = MessageGenerator(seed: 13)
    for _ in 0..<300 {
      let node = generator.node()
      let stranger = try Google.Empty(serialized: node.serialized())
      #expect(try TestingV1.Node(serialized: stranger.serialized()) == node)
    }
  }

  @Test func `mutated bytes are refused or read, and what is read round trips`() throws {
    var generator = MessageGenerator(seed: 14, maximumMapEntries: 1)
    var (read, refused) = (0, 0)
    for round in 0..<25_000 {
      let isNode = round % 2 == 0
      var bytes =
        isNode ? generator.node(depth: 1).serialized() : generator.collections().serialized()
      generator.mutate(&bytes)
      let isRead =
        isNode
        ? try survives(TestingV1.Node.self, bytes) : try survives(TestingV1.Collections.self, bytes)
      if isRead { read += 1 } else { refused += 1 }
    }
    #expect(read > 1_000)
    #expect(refused > 1_000)
  }

  private func survives<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> Bool {
    do throws(BinaryDecodingError) {
      let message = try M(serialized: bytes)
      let again = message.serialized()
      let second = try M(serialized: again)
      // NaN is not equal to itself, but its bytes are; the order of a map's entries is free.
      #expect(second == message || second.json() == message.json())
      return true
    } catch {
      #expect(!error.description.isEmpty)
      return false
    }
  }

  @Test func `mutated JSON is refused with a path or read, and what is read round trips`() throws {
    var generator = MessageGenerator(seed: 15)
    var (read, refused) = (0, 0)
    for round in 0..<25_000 {
      var text = round % 2 == 0 ? generator.node(depth: 1).json() : generator.collections().json()
      generator.mutate(&text)
      let options = JSONDecodingOptions(ignoreUnknownFields: round % 3 == 0)
      do throws(JSONDecodingError) {
        if round % 2 == 0 {
          let node = try TestingV1.Node(json: text, options: options)
          #expect(try TestingV1.Node(json: node.json()).json() == node.json())
        } else {
          let collections = try TestingV1.Collections(json: text, options: options)
          #expect(try TestingV1.Collections(json: collections.json()).json() == collections.json())
        }
        read += 1
      } catch {
        #expect(error.offset <= text.count)
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    #expect(read > 1_000)
    #expect(refused > 1_000)
  }
}
