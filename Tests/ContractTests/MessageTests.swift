import Protobuf
import Testing

/// Every message of the contracts, against both forms that its contract describes.
@Suite struct MessageTests {
  private static let samplesPerMessage: UInt64 = 12

  /// Samples of every message of a package, the first with every field that can be set.
  private func samples(
    of package: PackageCases, _ count: UInt64 = samplesPerMessage
  ) -> [(MessageCase, Sample, String)] {
    package.messages.flatMap { message in
      (0..<count).map { seed in
        var maker = SampleMaker(seed: seed, density: seed == 0 ? 100 : 60)
        return (message, maker.sample(of: message), "\(message.name), sample \(seed)")
      }
    }
  }

  @Test("its name and its fields' names are the contract's", arguments: AllContracts.packages)
  func names(package: PackageCases) {
    for message in package.messages { #expect(message.type.messageName == message.name) }
  }

  @Test(
    "both forms are read and written as the contract describes", arguments: AllContracts.packages)
  func forms(package: PackageCases) throws {
    for (message, sample, name) in samples(of: package) {
      try expectForms(message.type, sample, name)
    }
  }

  private func expectForms<M: Message>(_ type: M.Type, _ sample: Sample, _ name: String) throws {
    let (binary, json) = (sample.binary, sample.json())
    let message = try decoded(type, binary, name)
    #expect(message.serialized() == binary, "\(name) as binary")
    #expect(message.jsonString() == json, "\(name) as JSON")
    #expect(try M(json: json) == message, "\(name) from JSON")
    for options in [
      JSONEncodingOptions(preservingProtoFieldNames: true),
      JSONEncodingOptions(printingDefaultValues: true),
      JSONEncodingOptions(printingEnumsAsIntegers: true),
    ] {
      let text = message.jsonString(options: options)
      #expect(try M(json: text) == message, "\(name) as \(text)")
    }
  }

  private func decoded<M: Message>(_ type: M.Type, _ binary: [UInt8], _ name: String) throws -> M {
    do {
      return try M(serialized: binary)
    } catch {
      Issue.record("\(name) is refused: \(error)")
      throw error
    }
  }

  @Test("a field answers to both its names", arguments: AllContracts.packages)
  func bothNames(package: PackageCases) throws {
    for (message, sample, name) in samples(of: package, 3) {
      try expectBothNames(message.type, sample, name)
    }
  }

  private func expectBothNames<M: Message>(
    _ type: M.Type, _ sample: Sample, _ name: String
  ) throws {
    let message = try decoded(type, sample.binary, name)
    let printed = message.jsonString(options: JSONEncodingOptions(preservingProtoFieldNames: true))
    for (field, content) in sample.contents {
      var alone = Sample()
      alone.set(field, to: content)
      let text = "{\(Sample.member(field.name, content))}"
      #expect(
        try M(json: text) == M(serialized: alone.binary), "\(name): \(field.name) by its name")
      #expect(printed.contains("\"\(field.name)\":"), "\(name): \(field.name) is not printed")
    }
  }

  @Test("fields of a newer contract are kept byte for byte", arguments: AllContracts.packages)
  func unknownFields(package: PackageCases) throws {
    for (message, sample, name) in samples(of: package, 3) {
      let free = (1...).first { number in message.fields.allSatisfy { $0.number != number } } ?? 0
      let unknown =
        WireText.tag(free, .varint) + WireText.varint(.max)
        + WireText.delimited(free, Array("newer".utf8))
        + WireText.tag(free, .fourBytes) + [1, 2, 3, 4]
        // The longest spelling of a short number: a copy, not a number written anew.
        + WireText.tag(free, .varint) + [0x81, 0x80, 0x00]
        + WireText.tag(free, .eightBytes) + [1, 2, 3, 4, 5, 6, 7, 8]
      try expectKept(message.type, sample.binary, unknown, name)
    }
  }

  private func expectKept<M: Message>(
    _ type: M.Type, _ known: [UInt8], _ unknown: [UInt8], _ name: String
  ) throws {
    for bytes in [known + unknown, unknown + known] {
      let message = try decoded(type, bytes, name)
      #expect(message.unknownFields.bytes == unknown, "\(name)")
      #expect(message.serialized() == known + unknown, "\(name)")
    }
  }

  @Test("what is cut off is refused, unless it ends with a field", arguments: AllContracts.packages)
  func truncation(package: PackageCases) throws {
    for message in package.messages {
      for seed: UInt64 in 0..<3 {
        // Each of its bytes costs the reading of all before it: a small sample does.
        var maker = SampleMaker(seed: seed, density: 40)
        let sample = maker.sample(of: message, depth: 1)
        expectCut(message.type, sample, "\(message.name), sample \(seed)")
      }
    }
  }

  private func expectCut<M: Message>(_ type: M.Type, _ sample: Sample, _ name: String) {
    let binary = sample.binary
    var ends: Set<Int> = [0]
    for piece in sample.pieces { ends.insert((ends.max() ?? 0) + piece.count) }
    for length in binary.indices {
      let cut = Array(binary[..<length])
      do throws(BinaryDecodingError) {
        let message = try M(serialized: cut)
        if !ends.contains(length) || message.serialized() != cut {
          Issue.record("\(name): \(length) of \(binary.count) bytes are read as \(message)")
        }
      } catch {
        if ends.contains(length) {
          Issue.record("\(name): \(length) of \(binary.count) bytes are refused: \(error)")
        }
      }
    }
    let json = Array(sample.json().utf8)
    for length in json.indices where (try? M(json: Array(json[..<length]))) != nil {
      Issue.record("\(name): \(length) of \(json.count) bytes of JSON are read")
    }
  }
}
