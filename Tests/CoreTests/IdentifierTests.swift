import Core
import TestSupport
import Testing

@Suite struct IdentifierTests {
  @Test func `takes 1 to 128 visible ASCII characters`() throws {
    #expect(try OrderID(validating: "my-order_7:a/b").rawValue == "my-order_7:a/b")
    #expect(try OrderID(validating: String(repeating: "x", count: 128)).rawValue.count == 128)
    #expect(throws: IdentifierError.empty) { try OrderID(validating: "") }
    #expect(throws: IdentifierError.tooLong(129)) {
      try OrderID(validating: String(repeating: "x", count: 129))
    }
    for text in ["a b", "a\n", "é", "a\u{7f}", "\u{0}"] {
      #expect(throws: IdentifierError.invalidCharacter) { try OrderID(validating: text) }
    }
  }

  @Test func `takes a UUID as services write them, and no other text`() {
    let uuid = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    #expect(OrderID(canonical: uuid)?.rawValue == uuid)
    for text in [
      "", uuid.uppercased(), String(uuid.dropLast()), uuid + "0", uuid.replacing("-", with: ""),
      uuid.replacing("79b0-", with: "-79b0"), uuid.replacing("f", with: "g"),
      uuid.replacing("8f", with: "é"), " " + uuid.dropFirst(),
    ] {
      #expect(OrderID(canonical: text) == nil, "\(text)")
    }
  }

  // RFC 9562 appendix A.6: the example of version 7.
  @Test func `a UUID has the published layout`() {
    var random = FixedGenerator(value: 0x18c4_dc0c_0c07_398f << 2)
    let uuid = UUIDv7.make(now: Instant(microseconds: 1_645_557_742_000_000), random: &random)
    let text = uuid.description
    #expect(text.hasPrefix("017f22e2-79b0-7"))
    #expect(text.hasSuffix("-98c4-dc0c0c07398f"))
    #expect(uuid.time == Instant(microseconds: 1_645_557_742_000_000))
  }

  @Test func `UUIDs sort by time to four microseconds and do not repeat`() {
    var random = SeededGenerator(seed: 8)
    var previous = ""
    for step in 0..<10_000 {
      let now = Instant(microseconds: 1_700_000_000_000_000 + Int64(step))
      let text = EventID(UUIDv7.make(now: now, random: &random)).rawValue
      #expect(text > previous)
      #expect(text.utf8.count == 36)
      previous = text
    }
    let now = Instant.epoch
    let many = Set((0..<10_000).map { _ in UUIDv7.make(now: now, random: &random) })
    #expect(many.count == 10_000)
  }
}

private struct FixedGenerator: RandomNumberGenerator {
  let value: UInt64
  mutating func next() -> UInt64 { value }
}
