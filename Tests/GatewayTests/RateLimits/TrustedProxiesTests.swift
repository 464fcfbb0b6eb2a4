import Testing

@testable import Gateway

@Suite("Who asks")
struct TrustedProxiesTests {
  @Test(
    "Addresses are read as they are written",
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"),
      ("2001:db8::1", "2001:db8:0:0:0:0:0:1"), ("::", "0:0:0:0:0:0:0:0"),
      ("::1", "0:0:0:0:0:0:0:1"),
      ("", nil), ("192.0.2", nil), ("192.0.2.1:80", nil), ("[::1]", nil), ("fe80::1%lo", nil),
      ("localhost", nil), (" ::1", nil),
    ])
  func addresses(text: String, written: String?) {
    #expect(IPAddress(text)?.description == written)
  }

  @Test("A customer is one address of version 4, and 64 bits of version 6")
  func subscribers() throws {
    func subscriber(_ text: String) throws -> IPAddress {
      try #require(IPAddress(text)).subscriber
    }
    #expect(try subscriber("2001:db8:1:2::1") == subscriber("2001:db8:1:2:ffff::9"))
    #expect(try subscriber("2001:db8:1:2::1") != subscriber("2001:db8:1:3::1"))
    #expect(try subscriber("192.0.2.1") != subscriber("192.0.2.2"))
    #expect(try subscriber("::ffff:192.0.2.1") == subscriber("192.0.2.1"))
  }

  @Test(
    "A block contains what begins as it does",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
      ("10.1.2.3/8", "10.9.9.9", true), ("192.0.2.1", "192.0.2.1", true),
      ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "203.0.113.9", true),
      ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
      ("2001:db8::/32", "2001:db9::1", false), ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
      ("2001:db8::/65", "2001:db8:0:0:8000::1", false), ("::/0", "10.0.0.1", true),
    ])
  func blocks(block: String, address: String, isIn: Bool) throws {
    let block = try #require(AddressBlock(block))
    #expect(block.contains(try #require(IPAddress(address))) == isIn)
  }

  @Test(
    "What is no block is refused",
    arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8", "a/8", "10.0.0.0/"])
  func noBlocks(text: String) {
    #expect(AddressBlock(text) == nil)
  }

  @Test(
    "Only trusted proxies speak for others",
    arguments: [
      // Who connects is no proxy: whatever it says.
      ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
      ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
      // The client made up the first.
      ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
      ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.0.0.7"], "198.51.100.1"),
      ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", [""], "10.0.0.1"),
      ("10.0.0.1", ["10.0.0.9, 10.0.0.8"], "10.0.0.9"),
      ("10.0.0.1", ["198.51.100.1, unknown, 10.0.0.8"], "10.0.0.8"),
      ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
      ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8:0:0:0:0:0:1"),
      ("10.0.0.1", ["2001:db8::1"], "2001:db8:0:0:0:0:0:1"),
    ] as [(String, [String], String)])
  func forwarded(peer: String, values: [String], client: String) throws {
    let proxies = TrustedProxies([try #require(AddressBlock("10.0.0.0/8"))])
    #expect(proxies.client(behind: try #require(IPAddress(peer)), values).description == client)
  }
}
