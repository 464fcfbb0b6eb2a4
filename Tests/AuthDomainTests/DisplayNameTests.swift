import AuthDomain
import Testing

@Suite struct DisplayNameTests {
  @Test(arguments: ["Ada", "Ada Lovelace", "李 小龙", "O'Brien-Smith", "👩‍💻 Ada"])
  func namesOfPeopleAreKept(text: String) throws {
    #expect(try DisplayName(text).text == text)
  }

  @Test func surroundingSpaceIsDropped() throws {
    #expect(try DisplayName("  Ada\n").text == "Ada")
  }

  @Test(arguments: [
    ("", DisplayNameError.missing), (" \t", .missing), ("Ada\nLovelace", .invisibleCharacter),
    ("Ada\u{0}", .invisibleCharacter), ("\u{202E}adA", .invisibleCharacter),
    ("A\u{200B}da", .invisibleCharacter), ("A\u{2028}da", .invisibleCharacter),
  ])
  func anythingElseIsRefusedByItsRule(text: String, error: DisplayNameError) {
    #expect(throws: error) { try DisplayName(text) }
  }

  @Test func limitsAreExact() {
    #expect(throws: Never.self) { try DisplayName(String(repeating: "é", count: 100)) }
    #expect(throws: DisplayNameError.tooLong) {
      try DisplayName(String(repeating: "a", count: 101))
    }
    let towering = "a" + String(repeating: "\u{301}", count: 500)
    #expect(towering.count == 1)
    #expect(throws: DisplayNameError.tooLong) { try DisplayName(towering) }
  }
}
