import Testing
import Transcoding

@Suite("Queries are decoded as forms are")
struct QueryStringTests {
  @Test(
    "A query decodes",
    arguments: [
      ("", []),
      ("&&", []),
      ("a=1", ["a", "1"]),
      ("a=1&b=2&a=3", ["a", "1", "b", "2", "a", "3"]),
      ("a", ["a", ""]),
      ("a=", ["a", ""]),
      ("a==b", ["a", "=b"]),
      ("a=b+c", ["a", "b c"]),
      ("a=b%2Bc", ["a", "b+c"]),
      ("a%3D=%26", ["a=", "&"]),
      ("a=%E2%82%AC", ["a", "€"]),
      ("range.start=x", ["range.start", "x"]),
    ])
  func decodes(text: String, expected: [String]) throws {
    let query = try QueryString(text)
    #expect(query.items.flatMap { [$0.name, $0.value] } == expected)
  }

  @Test(
    "A query that cannot be decoded is refused",
    arguments: [
      ("a=%", .encoding(item: "a=%", .incompleteEncoding)),
      ("b=1&a=%f", .encoding(item: "a=%f", .incompleteEncoding)),
      ("a=%ff", .encoding(item: "a=%ff", .invalidUTF8)),
      ("a=%00", .encoding(item: "a=%00", .nullCharacter)),
      ("=1", .emptyName(item: "=1")),
    ] as [(String, QueryString.Failure)])
  func refuses(text: String, failure: QueryString.Failure) {
    #expect(throws: failure) { try QueryString(text) }
  }

  @Test("The number of parameters is limited")
  func limit() throws {
    let most = Array(repeating: "a=1", count: QueryString.itemLimit).joined(separator: "&")
    #expect(try QueryString(most).items.count == QueryString.itemLimit)
    #expect(throws: QueryString.Failure.tooManyItems) { try QueryString(most + "&a=1") }
  }
}
