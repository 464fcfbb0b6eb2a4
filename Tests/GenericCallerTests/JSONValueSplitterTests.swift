import Testing

@testable import GenericCaller

/// Where one request ends and the next begins, however the text is cut into pieces.
@Suite struct JSONValueSplitterTests {
  private static let samples: [(text: String, values: [String])] = [
    ("", []), (" \n\t ", []), ("{}", ["{}"]), (" {} \n", ["{}"]), ("{}{}", ["{}", "{}"]),
    ("{\"a\":1}\n{\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"]),
    (#"{"a":"}"} {"b":"\"{"}"#, [#"{"a":"}"}"#, #"{"b":"\"{"}"#]),
    (#"{"a":"\\"}[1,[2]]"#, [#"{"a":"\\"}"#, "[1,[2]]"]),
    (#""x" "y""#, [#""x""#, #""y""#]), ("1 true\nnull", ["1", "true", "null"]),
    ("{\"a\":{\"b\":[{}]}}", ["{\"a\":{\"b\":[{}]}}"]), ("12{}", ["12", "{}"]),
    ("{\"open\":", ["{\"open\":"]), ("\"half", ["\"half"]), ("}", ["}"]),
    ("{\"ä\":\"€\"}{}", ["{\"ä\":\"€\"}", "{}"]),
  ]

  private static func split(_ pieces: [ArraySlice<UInt8>]) throws -> [String] {
    var splitter = JSONValueSplitter(maximumSize: 1000)
    var values: [[UInt8]] = []
    for piece in pieces {
      splitter.append(Array(piece))
      while let value = try splitter.next() { values.append(value) }
    }
    if let rest = splitter.rest() { values.append(rest) }
    return values.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: samples)
  func anyCutGivesTheSameValues(text: String, values: [String]) throws {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      #expect(try Self.split([bytes[..<cut], bytes[cut...]]) == values, "cut at \(cut)")
    }
    #expect(try Self.split(bytes.indices.map { bytes[$0...$0] }) == values)
  }

  @Test func aValueIsThereAsSoonAsItIsComplete() throws {
    var splitter = JSONValueSplitter(maximumSize: 1000)
    splitter.append(Array("{\"a\":1}".utf8))
    #expect(try splitter.next() != nil)
    #expect(try splitter.next() == nil)
    #expect(splitter.rest() == nil)
  }

  @Test(arguments: [("{\"a\":\"xxxx\"}", 10), ("\"xxxxxxxxxx\"", 10), ("1234567890 ", 9)])
  func aLongValueIsRefused(text: String, limit: Int) throws {
    var splitter = JSONValueSplitter(maximumSize: limit)
    splitter.append(Array(text.utf8))
    let error = try #require(throws: ValueTooLong.self) { try splitter.next() }
    #expect(error.limit == limit)
  }

  @Test func theLimitIsOfOneValue() throws {
    var splitter = JSONValueSplitter(maximumSize: 4)
    splitter.append(Array("{}   {}   {} 1234".utf8))
    for _ in 0..<3 { #expect(try splitter.next() == Array("{}".utf8)) }
    #expect(try splitter.next() == nil)
    #expect(splitter.rest() == Array("1234".utf8))
  }
}
