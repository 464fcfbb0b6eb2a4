import AuthDomain
import Testing

@Suite struct NewPasswordTests {
  private let ada = try? EmailAddress("Ada.Lovelace@example.com")

  private func check(_ text: String) throws(NewPasswordError) {
    _ = try NewPassword(text, for: ada)
  }

  @Test(arguments: [
    "correct horse battery staple", "twelve chars", "Tr0ub4dor&3-xyz", "пароль длинный",
    "🐴🔋🖇🐴🔋🖇✅🐎⚡️📎🧷", "ada.lovelace2",
  ])
  func longEnoughIsGoodEnough(text: String) {
    #expect(throws: Never.self) { try check(text) }
  }

  @Test func lengthIsCountedInScalars() {
    #expect(throws: NewPasswordError.tooShort(11)) { try check("eleven char") }
    #expect(throws: NewPasswordError.tooShort(0)) { try check("") }
    let sentence = "a long sentence of many words, said "
    let longest = String(String(repeating: sentence, count: 4).prefix(128))
    #expect(throws: Never.self) { try check(longest) }
    #expect(throws: NewPasswordError.tooLong(129)) { try check(longest + "x") }
    // One character to the reader, twelve to the keyboard.
    #expect(throws: Never.self) { try check("👩‍👩‍👧‍👦🏳️‍🌈e\u{301}") }
  }

  @Test(arguments: ["twelve\u{0}chars", "line\nbreak in it", "\u{1B}[31mescape it"])
  func controlCharactersAreRefused(text: String) {
    #expect(throws: NewPasswordError.controlCharacter) { try check(text) }
  }

  @Test(arguments: ["ada.lovelace@example.com", "ADA.LOVELACE@EXAMPLE.COM", "Ada.Lovelace"])
  func theAddressIsRefused(text: String) {
    #expect(throws: NewPasswordError.sameAsAddress) { try check(text) }
  }

  @Test(arguments: [
    "password1234", "PassWord1234", "123456789012", "210987654321", "abcdefghijkl", "qwertyuiopas",
    "aaaaaaaaaaaa", "abababababab", "abcabcabcabcab", "12341234123412", "Alphintra1234",
  ])
  func theFirstGuessesAreRefused(text: String) {
    #expect(throws: NewPasswordError.predictable) { try check(text) }
  }

  @Test func aPasswordIsNeverPrinted() throws {
    let secret = try NewPassword("correct horse battery staple", for: nil)
    #expect(!"\(secret)".contains("horse"))
  }
}
