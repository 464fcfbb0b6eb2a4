import RPC
import Testing

@Suite struct MetadataTests {
  @Test func keepsOrderAndRepeatedNames() throws {
    var metadata: Metadata = ["a": "1", "b": "2"]
    try metadata.add("a", "3")
    #expect(metadata["a"] == "1")
    #expect(metadata.values(named: "a") == [.text("1"), .text("3")])
    #expect(metadata.elements.map(\.name) == ["a", "b", "a"])
    metadata.remove("a")
    #expect(metadata == ["b": "2"])
  }

  @Test func textAndBytesAreApart() throws {
    var metadata = Metadata()
    try metadata.add("trace-bin", bytes: [0, 255])
    #expect(metadata[bytes: "trace-bin"] == [0, 255])
    #expect(metadata["trace-bin"] == nil)
  }

  @Test(arguments: [
    ("", MetadataError.Rule.nameIsLowerCase),
    ("Upper", .nameIsLowerCase),
    ("with space", .nameIsLowerCase),
    (":path", .nameIsLowerCase),
    ("line\nbreak", .nameIsLowerCase),
    ("grpc-status", .nameIsNotReserved),
    ("content-type", .nameIsNotReserved),
    ("te", .nameIsNotReserved),
    ("bytes-bin", .suffixMatchesValue),
  ])
  func refusesNames(name: String, rule: MetadataError.Rule) {
    var metadata = Metadata()
    let error = #expect(throws: MetadataError.self) { try metadata.add(name, "value") }
    #expect(error?.rule == rule && error?.name == name)
    #expect(metadata.isEmpty)
  }

  @Test(arguments: ["line\nbreak", "carriage\rreturn", "nul\0", "ünicode", "\u{7F}"])
  func refusesTextThatCannotTravel(text: String) {
    var metadata = Metadata()
    let error = #expect(throws: MetadataError.self) { try metadata.add("x", text) }
    #expect(error?.rule == .textIsPrintableASCII)
    #expect(error.map { !$0.description.contains(text) } == true)
  }

  @Test func refusesBytesUnderATextName() {
    var metadata = Metadata()
    let error = #expect(throws: MetadataError.self) { try metadata.add("x", bytes: [1]) }
    #expect(error?.rule == .suffixMatchesValue)
  }

  @Test("the size is HTTP/2's: 32 bytes and what is on the wire")
  func encodedSize() throws {
    var metadata: Metadata = ["abc": "12345"]
    #expect(metadata.encodedSize == 3 + 5 + 32)
    try metadata.add("x-bin", bytes: [1, 2, 3, 4])
    // Four bytes are six characters of base64.
    #expect(metadata.encodedSize == 40 + 5 + 6 + 32)
  }

  @Test func doesNotPrintValues() {
    let metadata: Metadata = ["authorization": "Bearer secret"]
    #expect(!"\(metadata)".contains("secret"))
  }
}
