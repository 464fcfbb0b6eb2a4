import Testing

@testable import GenericCaller

/// JSON for a person.
@Suite struct JSONIndenterTests {
  @Test(arguments: [
    ("{}", "{}"), ("[]", "[]"), ("1", "1"), ("{\"a\":1}", "{\n  \"a\": 1\n}"),
    ("{\"a\":[],\"b\":{}}", "{\n  \"a\": [],\n  \"b\": {}\n}"),
    ("[1,[2]]", "[\n  1,\n  [\n    2\n  ]\n]"),
    (#"{"a":"{,:\"}"}"#, "{\n  \"a\": \"{,:\\\"}\"\n}"),
  ])
  func indented(compact: String, text: String) {
    #expect(String(decoding: JSONIndenter.indented(Array(compact.utf8)), as: UTF8.self) == text)
  }
}
