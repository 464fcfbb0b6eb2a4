import Protobuf
import TestSupport
import Testing
import TestingContract

/// Our codec and Google's must make the same of the same bytes, in both directions.
@Suite struct DifferentialTests {
  typealias KitchenSink = TestingV1.KitchenSink

  private static let types = TypeRegistry(TestingV1.messages)
  private static let decoding = JSONDecodingOptions(types: types)

  // A hundred thousand messages; one process of Python at a time, so that others can work.
  @Test(.serialized, arguments: 0..<10)
  func `random messages mean the same to Google's implementation`(part: Int) async throws {
    var generator = MessageGenerator(seed: 1_600 + UInt64(part))
    let messages = (0..<10_000).map { index in
      // Few fields in most, so that there can be many messages; any field in some.
      generator.fill = index % 50 == 0 ? 100 : 8
      return generator.kitchenSink(depth: index % 50 == 0 ? 2 : 1)
    }
    var oracle = Oracle()
    for (index, message) in messages.enumerated() {
      // Google's parser takes both forms of names too.
      let options = JSONEncodingOptions(
        preservingProtoFieldNames: index % 2 == 0, printingDefaultValues: index % 100 == 0,
        printingEnumsAsIntegers: true, types: Self.types)
      oracle.ask("B", message.serialized())
      oracle.ask("P", message.serialized())
      oracle.ask("J", try message.validJSON(options: options))
    }
    try await oracle.run()
    for message in messages {
      let binary = try oracle.expect("B")
      expectEqual(try KitchenSink(serialized: binary), message)
      if message.hasOrderedMaps { #expect(binary == message.serialized()) }
      expectEqual(try KitchenSink(json: oracle.expect("J"), options: Self.decoding), message)
      expectEqual(try KitchenSink(serialized: oracle.expect("B")), message)
    }
    #expect(messages.count { $0.hasOrderedMaps } > 250)
  }

  @Test func `mutated messages are read or refused as by Google's implementation`() async throws {
    // One entry a map, whose order thereby is the same in every run. (Google's implementation in
    // Python moves an entry that holds an unknown field behind the others; the one in C++ does not.)
    var generator = MessageGenerator(seed: 17, maximumMapEntries: 1)
    let inputs = (0..<4_000).map { _ in
      var bytes = generator.kitchenSink(depth: 1).serialized()
      generator.mutate(&bytes)
      return bytes
    }
    var oracle = Oracle()
    for bytes in inputs { oracle.ask("B", bytes) }
    try await oracle.run()
    var (read, refused) = (0, 0)
    let options = JSONEncodingOptions(types: Self.types)
    for bytes in inputs {
      let theirs = try oracle.next()
      switch Result(catching: { () throws(BinaryDecodingError) in
        try KitchenSink(serialized: bytes)
      }) {
      case .success(let ours):
        try #require(theirs.kind == "B", "only we read \(bytes)")
        let again = try KitchenSink(serialized: theirs.content)
        #expect(again.jsonString(options: options) == ours.jsonString(options: options))
        #expect(again.unknownFields == ours.unknownFields)
        read += 1
      case .failure(let error):
        // A decimal is a plain message to them, its text any string.
        if case .invalidDecimal = error.rule { continue }
        #expect(theirs.kind == "E", "only they read \(bytes): \(error)")
        refused += 1
      }
    }
    #expect(read > 200)
    #expect(refused > 200)
  }
}

extension DifferentialTests {
  /// Paths of every kind; none ends at a decimal, which is a value to us and a message to them.
  private static let paths = [
    "int32_value", "string_value", "optional_int32", "optional_string", "color", "class",
    "large_number", "doubles", "unpacked_int32s", "nesteds", "string_by_string", "nested_by_int32",
    "timestamp", "timestamp.nanos", "wrapped_string", "nested", "nested.name", "nested.children",
    "self", "self.string_value", "self.self.nested.kind", "self.nested", "self.timestamp.seconds",
    "choice_int32", "choice_string", "choice_nested", "choice_nested.name", "choice_self.class",
    "struct", "any_value", "any_value.string_value", "any", "null_value",
  ]

  @Test func `a mask takes over what Google's implementation does`() async throws {
    var generator = MessageGenerator(seed: 18)
    var oracle = Oracle()
    var results: [KitchenSink] = []
    for index in 0..<2_000 {
      generator.fill = index % 2 == 0 ? 100 : 50
      let update = generator.kitchenSink()
      let target = generator.kitchenSink().withMessages(of: update)
      let paths = Self.paths.filter { _ in generator.chance(20) }
      let mask = Google.FieldMask(paths.shuffled(using: &generator.random))
      let merging: Google.FieldMask.Merging = index % 3 == 0 ? .replacing : .adding
      var result = target
      try mask.merge(update, into: &result, merging)
      results.append(result)
      oracle.ask(
        merging == .replacing ? "R" : "A",
        [mask.serialized(), update.serialized(), target.serialized()])
    }
    try await oracle.run()
    for result in results { expectEqual(try KitchenSink(serialized: oracle.expect("B")), result) }
  }
}

/// Questions to and answers from `protobuf_oracle.py`.
private struct Oracle {
  struct Answer {
    let kind: Character
    let content: [UInt8]
  }

  private var questions: [UInt8] = []
  private var answers: ArraySlice<UInt8> = []

  mutating func ask(_ kind: Character, _ content: [UInt8]) {
    questions.append(kind.asciiValue ?? 0)
    questions += (0..<4).reversed().map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
    questions += content
  }

  /// Asks about several contents, each with its length.
  mutating func ask(_ kind: Character, _ contents: [[UInt8]]) {
    var frames = Oracle()
    for content in contents { frames.ask("B", content) }
    ask(kind, frames.questions)
  }

  mutating func run() async throws {
    answers = try await PythonPeer.run(
      script: "protobuf_oracle.py", arguments: ["\(PythonPeer.repository)/protos"],
      input: questions)[...]
  }

  mutating func next() throws -> Answer {
    let header = answers.prefix(5)
    let kind = try #require(header.first)
    let count = header.dropFirst().reduce(0) { $0 << 8 | Int($1) }
    let content = Array(answers.dropFirst(5).prefix(count))
    try #require(content.count == count, "an answer is cut short")
    answers = answers.dropFirst(5 + count)
    return Answer(kind: Character(Unicode.Scalar(kind)), content: content)
  }

  mutating func expect(_ kind: Character) throws -> [UInt8] {
    let answer = try next()
    try #require(answer.kind == kind, "\(String(decoding: answer.content, as: UTF8.self))")
    return answer.content
  }
}

/// Says in JSON how two messages differ.
private func expectEqual(_ theirs: TestingV1.KitchenSink, _ ours: TestingV1.KitchenSink) {
  guard theirs != ours else { return }
  let options = JSONEncodingOptions(types: TypeRegistry(TestingV1.messages))
  let texts = [theirs, ours].map { $0.jsonString(options: options) }
  Issue.record("theirs \(texts[0]), ours \(texts[1])")
}

extension TestingV1.KitchenSink {
  /// Has the messages that the other has, if only empty ones.
  ///
  /// A mask that goes through a message of the update makes one in the target: in C++ and here at
  /// once, in Python when something is set in it.
  fileprivate func withMessages(of other: Self) -> Self {
    var result = self
    if other.nested != nil { result.nested = nested ?? Nested() }
    if other.timestamp != nil { result.timestamp = timestamp ?? Google.Timestamp() }
    if other.anyValue != nil { result.anyValue = anyValue ?? Google.Value() }
    if let inner = other.self_ { result.self_ = (self_ ?? Self()).withMessages(of: inner) }
    switch (other.choice, choice) {
    case (.choiceNested, .choiceNested), (.choiceSelf, .choiceSelf): break
    case (.choiceNested, _): result.choice = .choiceNested(Nested())
    case (.choiceSelf, _): result.choice = .choiceSelf(Self())
    default: break
    }
    return result
  }

  /// Whether the binary form is determined: no map has entries to order.
  fileprivate var hasOrderedMaps: Bool {
    let counts = [
      stringByString.count, nestedByInt32.count, colorByBool.count, doubleBySint64.count,
      bytesByFixed32.count, decimalByUint64.count, valueByString.count,
    ]
    guard self.struct == nil, anyValue == nil, listValue == nil else { return false }
    if case .choiceValue = choice { return false }
    var inner = [self_].compactMap(\.self)
    if case .choiceSelf(let sink) = choice { inner.append(sink) }
    return counts.allSatisfy { $0 < 2 } && inner.allSatisfy(\.hasOrderedMaps)
  }
}
