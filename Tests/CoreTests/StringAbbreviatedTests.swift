import Core
import Testing

@Suite("Texts are cut by Unicode scalars") struct StringAbbreviatedTests {
  @Test(
    arguments: [
      ("", ""), ("abc", "abc"), ("abcd", "abc…"), ("e\u{301}\u{301}", "e\u{301}\u{301}"),
      ("e\u{301}\u{301}\u{301}", "e\u{301}\u{301}…"),
    ])
  func abbreviated(text: String, short: String) {
    #expect(text.abbreviated(to: 3).unicodeScalars.elementsEqual(short.unicodeScalars))
  }

  @Test func firstScalars() {
    let marks = "e" + String(repeating: "\u{301}", count: 30_000)
    #expect(marks.count == 1)
    #expect(marks.firstScalars(256).unicodeScalars.count == 256)
    #expect("abc".firstScalars(256) == "abc")
  }
}
