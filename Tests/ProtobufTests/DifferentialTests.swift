import Protobuf
import TestSupport
import Testing
import TestingContract

/// Our codec and Google's must make the same of the same bytes, in both directions.
@Suite struct DifferentialTests {
  typealias KitchenSink = TestingV1.KitchenSink

  @Test func `random messages mean the same to Google's implementation`() async throws {
    var generator = MessageGenerator(seed: 16)
    let messages = (0..<2_000).map { _ in generator.kitchenSink() }
    let numbers = JSONEncodingOptions(printingEnumsAsIntegers: true)
    var oracle = Oracle()
    for (index, message) in messages.enumerated() {
      // Google's parser takes both forms of names too.
      var options = numbers
      options.preservingProtoFieldNames = index % 2 == 0
      options.printingDefaultValues = index % 3 == 0
      oracle.ask("B", message.serialized())
      oracle.ask("P", message.serialized())
      oracle.ask("J", message.json(options: options))
    }
    try await oracle.run()
    for message in messages {
      let binary = try oracle.expect("B")
      #expect(try KitchenSink(serialized: binary) == message)
      if message.hasOrderedMaps { #expect(binary == message.serialized()) }
      #expect(try KitchenSink(json: oracle.expect("J")) == message)
      #expect(try KitchenSink(serialized: oracle.expect("B")) == message)
    }
    #expect(messages.count { $0.hasOrderedMaps } > 50)
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
    for bytes in inputs {
      let theirs = try oracle.next()
      switch Result(catching: { () throws(BinaryDecodingError) in
        try KitchenSink(serialized: bytes)
      }) {
      case .success(let ours):
        try #require(theirs.kind == "B", "only we read \(bytes)")
        let again = try KitchenSink(serialized: theirs.content)
        #expect(again.jsonString() == ours.jsonString())
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

extension TestingV1.KitchenSink {
  /// Whether the binary form is determined: no map has entries to order.
  fileprivate var hasOrderedMaps: Bool {
    let counts = [
      stringByString.count, nestedByInt32.count, colorByBool.count, doubleBySint64.count,
      bytesByFixed32.count, decimalByUint64.count,
    ]
    var inner = [self_].compactMap(\.self)
    if case .choiceSelf(let sink) = choice { inner.append(sink) }
    return counts.allSatisfy { $0 < 2 } && inner.allSatisfy(\.hasOrderedMaps)
  }
}
