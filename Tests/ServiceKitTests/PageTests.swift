import RPC
import ServiceKit
import Testing

@Suite("Pages of lists") struct PageTests {
  private static let sizes = PageSizes(default: 100, max: 1000)

  private func page(
    _ size: Int32, _ token: String = "", of filter: String = "AAPL"
  ) -> (page: Page<Int>, violations: [FieldViolation]) {
    var violations: [FieldViolation] = []
    let page = Page(
      size: size, token: token, of: "numbers", filter, sizes: Self.sizes, &violations
    ) { Int($0) }
    return (page, violations)
  }

  private func token(after number: Int) -> String {
    page(1).page.cut([number, number + 1]) { "\($0)" }.nextToken
  }

  @Test("a page has its default size unless told, and its greatest at most")
  func size() {
    for (asked, size) in [(-1, 100), (0, 100), (3, 3), (1000, 1000), (5000, 1000)]
      as [(Int32, Int)]
    {
      let (page, violations) = page(asked)
      #expect(page.size == size && page.readLimit == size + 1 && violations.isEmpty)
    }
  }

  @Test("pages follow one another, without gaps, to the end")
  func pages() {
    let all = Array(1...7)
    for size in 1...8 as ClosedRange<Int32> {
      var (seen, token) = ([Int](), "")
      repeat {
        let (page, violations) = page(size, token)
        #expect(violations.isEmpty)
        let rest = all.filter { $0 > page.after ?? 0 }
        let (items, next) = page.cut(rest.prefix(page.readLimit)) { "\($0)" }
        #expect(items.count <= size)
        seen += items
        token = next
      } while !token.isEmpty
      #expect(seen == all, "pages of \(size)")
    }
  }

  @Test("a token gives back the key that it was made of, whatever the filter's text")
  func tokens() {
    for key in [0, -17, Int.min] { #expect(page(1, token(after: key)).page.after == key) }
    #expect(token(after: 1).allSatisfy { $0.isASCII && ($0.isNumber || $0.isLetter) })
  }

  @Test("a token that the list has not given is refused, and repeated in part only")
  func foreignTokens() {
    let forged = "6e756d626572730a4141504c0a78"
    let good = token(after: 1)
    let long = String(repeating: "61", count: 5_000)
    for text in ["x", "zz", "00", "abc", "ff", "\u{1F600}", good + "00", forged, long] {
      let (page, violations) = page(1, text)
      #expect(page.after == nil && violations.map(\.field) == ["page_token"], "\(text)")
      #expect((violations.first?.description.count ?? .max) < 150)
    }
    #expect(page(1, good, of: "MSFT").violations.map(\.reason) == ["MALFORMED"])
  }
}
