import Mesh
import TestSupport
import Testing

/// Cases of the SPIFFE-ID specification, section 2, and of go-spiffe's own tests.
@Suite struct SPIFFEIDTests {
  @Test(arguments: [
    ("spiffe://alphintra/service/trading", "alphintra", "/service/trading"),
    ("spiffe://trustdomain", "trustdomain", ""),
    ("spiffe://1.2.3.4/path", "1.2.3.4", "/path"),
    ("spiffe://a_b-c.d/A-b_c.9", "a_b-c.d", "/A-b_c.9"),
    ("spiffe://trustdomain/...", "trustdomain", "/..."),
    ("spiffe://trustdomain/.hidden/a..b", "trustdomain", "/.hidden/a..b"),
  ])
  func canonicalFormIsRead(text: String, domain: String, path: String) throws {
    let id = try SPIFFEID(text)
    #expect(id.trustDomain == domain)
    #expect(id.path == path)
    #expect(id.description == text)
  }

  @Test(arguments: [
    ("", SPIFFEIDError.wrongScheme), ("alphintra", .wrongScheme),
    ("http://alphintra", .wrongScheme),
    ("SPIFFE://alphintra", .wrongScheme), ("spiffe:/alphintra", .wrongScheme),
    (" spiffe://alphintra", .wrongScheme), ("spiffe://", .missingTrustDomain),
    ("spiffe:///service/trading", .missingTrustDomain), ("spiffe://Alphintra", .invalidTrustDomain),
    ("spiffe://alphintra:443", .invalidTrustDomain), ("spiffe://u@alphintra", .invalidTrustDomain),
    ("spiffe://alphintra?q", .invalidTrustDomain), ("spiffe://alph%69ntra", .invalidTrustDomain),
    ("spiffe://alphintra ", .invalidTrustDomain), ("spiffe://bücher", .invalidTrustDomain),
    ("spiffe://alphintra/", .emptySegment), ("spiffe://alphintra//a", .emptySegment),
    ("spiffe://alphintra/a/", .emptySegment), ("spiffe://alphintra/a//b", .emptySegment),
    ("spiffe://alphintra/.", .relativeSegment), ("spiffe://alphintra/..", .relativeSegment),
    ("spiffe://alphintra/a/../b", .relativeSegment), ("spiffe://alphintra/./a", .relativeSegment),
    ("spiffe://alphintra/a?q=1", .invalidPath), ("spiffe://alphintra/a#f", .invalidPath),
    ("spiffe://alphintra/%2e%2e", .invalidPath), ("spiffe://alphintra/a b", .invalidPath),
    ("spiffe://alphintra/ä", .invalidPath), ("spiffe://alphintra/a\u{0}", .invalidPath),
  ])
  func everythingElseIsRefusedByItsRule(text: String, error: SPIFFEIDError) {
    #expect(throws: error) { try SPIFFEID(text) }
  }

  @Test func limitsAreExact() {
    let prefix = "spiffe://alphintra/"
    let longest = prefix + String(repeating: "a", count: 2048 - prefix.utf8.count)
    #expect(throws: Never.self) { try SPIFFEID(longest) }
    #expect(throws: SPIFFEIDError.tooLong) { try SPIFFEID(longest + "a") }
    let domain = String(repeating: "d", count: 255)
    #expect(throws: Never.self) { try SPIFFEID("spiffe://\(domain)/a") }
    #expect(throws: SPIFFEIDError.tooLong) { try SPIFFEID("spiffe://\(domain)d/a") }
  }

  @Test(arguments: [
    ("spiffe://alphintra/service/trading", "trading"), ("spiffe://alphintra/service", nil),
    ("spiffe://alphintra/service/trading/1", nil), ("spiffe://alphintra/user/trading", nil),
    ("spiffe://alphintra", nil),
  ])
  func serviceIsReadFromItsPathAlone(text: String, name: String?) throws {
    #expect(try SPIFFEID(text).serviceName == name)
  }

  @Test func serviceHasOneID() throws {
    #expect(try SPIFFEID(service: "trading") == SPIFFEID("spiffe://alphintra/service/trading"))
  }

  @Test func whatIsReadIsWrittenBackUnchanged() {
    var generator = SeededGenerator(seed: 3)
    let alphabet = Array("aZ9.-_/:?% ")
    var accepted = 0
    for _ in 0..<50_000 {
      let count = Int.random(in: 0...10, using: &generator)
      let text =
        "spiffe://a"
        + String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
      guard let id = try? SPIFFEID(text) else { continue }
      accepted += 1
      #expect(id.description == text)
    }
    #expect(accepted > 1000)
  }
}
