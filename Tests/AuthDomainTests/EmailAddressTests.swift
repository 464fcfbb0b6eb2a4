import AuthDomain
import TestSupport
import Testing

@Suite struct EmailAddressTests {
  @Test(arguments: [
    "ada@example.com", "Ada.Lovelace+trading@mail.example.co.uk", "o'brien_1@x-y.io", "a@b.cd",
    "!#$%&'*+-/=?^_`{|}~@example.com",
  ])
  func plainAddressIsKept(text: String) throws {
    #expect(try EmailAddress(text).text == text)
  }

  @Test(arguments: [
    ("", EmailAddressError.missing), (" \n", .missing), ("ada", .noAtSign),
    ("@example.com", .invalidLocalPart), (".ada@example.com", .invalidLocalPart),
    ("ada.@example.com", .invalidLocalPart), ("a..b@example.com", .invalidLocalPart),
    ("\"ada\"@example.com", .invalidLocalPart), ("a b@example.com", .invalidLocalPart),
    ("a@b@example.com", .invalidLocalPart), ("adä@example.com", .invalidLocalPart),
    ("ada\u{0}@example.com", .invalidLocalPart), ("ada@", .invalidDomain),
    ("ada@localhost", .invalidDomain), ("ada@[127.0.0.1]", .invalidDomain),
    ("ada@-example.com", .invalidDomain), ("ada@example-.com", .invalidDomain),
    ("ada@example..com", .invalidDomain), ("ada@example.com.", .invalidDomain),
    ("ada@exämple.com", .invalidDomain), ("ada@exa mple.com", .invalidDomain),
  ])
  func anythingElseIsRefusedByItsRule(text: String, error: EmailAddressError) {
    #expect(throws: error) { try EmailAddress(text) }
  }

  @Test func limitsAreExact() throws {
    let local = String(repeating: "l", count: 64)
    let label = String(repeating: "d", count: 63)
    #expect(throws: Never.self) { try EmailAddress("\(local)@\(label).com") }
    #expect(throws: EmailAddressError.invalidLocalPart) { try EmailAddress("l\(local)@a.com") }
    #expect(throws: EmailAddressError.invalidDomain) { try EmailAddress("l@\(label)d.com") }
    let longest = "\(local)@\(label).\(label).\(String(repeating: "e", count: 61))"
    #expect(longest.utf8.count == 254)
    #expect(throws: Never.self) { try EmailAddress(longest) }
    #expect(throws: EmailAddressError.tooLong(255)) { try EmailAddress(longest + "e") }
  }

  @Test func caseAndSurroundingSpaceMakeNoOtherAddress() throws {
    let address = try EmailAddress(" Ada@Example.COM\n")
    #expect(address.text == "Ada@Example.COM")
    #expect(try address == EmailAddress("ada@example.com"))
    #expect(try Set([address, EmailAddress("ADA@EXAMPLE.com")]).count == 1)
    #expect(try address != EmailAddress("ada@example.org"))
  }

  @Test func whatIsAcceptedIsAcceptedAgainInItsCanonicalForm() throws {
    var generator = SeededGenerator(seed: 11)
    let alphabet = Array("abA1.-+ é@")
    var accepted = 0
    for _ in 0..<10_000 {
      let parts = (0..<3).map { _ in
        let count = Int.random(in: 0...4, using: &generator)
        return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
      }
      let text = "\(parts[0])@\(parts[1]).\(parts[2])"
      guard let address = try? EmailAddress(text) else { continue }
      accepted += 1
      let again = try EmailAddress(address.canonicalText)
      #expect(again == address)
      #expect(again.canonicalText == again.text)
      #expect(address.text.utf8.count == address.text.unicodeScalars.count)
    }
    #expect(accepted > 50)
  }
}
