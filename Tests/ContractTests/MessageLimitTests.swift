import Protobuf
import Testing

/// What a message refuses, each by the name of its limit or rule.
@Suite struct MessageLimitTests {
  private func sample(of message: MessageCase) -> Sample {
    var maker = SampleMaker(seed: 1, density: 100)
    return maker.sample(of: message, depth: 1)
  }

  @Test("the size of JSON is limited", arguments: AllContracts.packages)
  func size(package: PackageCases) throws {
    for message in package.messages {
      let text = Array(sample(of: message).json().utf8)
      #expect(
        rule(message.type, text, JSONDecodingOptions(maximumSize: text.count)) == nil,
        "\(message.name)")
      #expect(
        rule(message.type, text, JSONDecodingOptions(maximumSize: text.count - 1))
          == .sizeLimit(text.count - 1), "\(message.name)")
      let large = [UInt8](repeating: UInt8(ascii: " "), count: 4 << 20) + text
      #expect(rule(message.type, large) == .sizeLimit(4 << 20), "\(message.name)")
    }
  }

  @Test("a message that contains itself nests a hundred deep", arguments: AllContracts.packages)
  func depth(package: PackageCases) throws {
    for message in package.messages {
      for cycle in Self.cycles(of: message) {
        let name = "\(message.name) by \(cycle.map(\.name))"
        let deepest = BinaryReader.maximumDepth / cycle.count
        #expect(deepest * cycle.count == BinaryReader.maximumDepth, "\(name)")
        let allowed = Self.nested(cycle, times: deepest)
        #expect(rule(message.type, binary: allowed.binary) == nil, "\(name)")
        let deeper = Self.nested(cycle, times: deepest + 1)
        #expect(rule(message.type, binary: deeper.binary) == .depthLimit, "\(name)")
        for times in 1...(deepest + 1) {
          let json = Self.nested(cycle, times: times).json()
          let levels = json.utf8.count { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
          let expected: JSONDecodingError.Rule? = levels > 100 ? .depthLimit(100) : nil
          #expect(rule(message.type, Array(json.utf8)) == expected, "\(name), \(times) times")
        }
      }
    }
  }

  /// The shortest ways from a message back to itself.
  private static func cycles(of message: MessageCase) -> [[FieldCase]] {
    message.fields.compactMap { field in
      if case .map = field.cardinality { return nil }
      guard case .message(let type) = field.kind else { return nil }
      return type.messageName == message.name ? [field] : nil
    }
  }

  private static func nested(_ cycle: [FieldCase], times: Int) -> Sample {
    (0..<times).reduce(Sample()) { inner, _ in
      cycle.reversed().reduce(inner) { inner, field in
        var outer = Sample()
        if case .repeated = field.cardinality {
          outer.set(field, to: .many([.message(inner)]))
        } else {
          outer.set(field, to: .one(.message(inner)))
        }
        return outer
      }
    }
  }

  @Test("a field that the contract does not have is refused by its path, or skipped if asked")
  func unknownFields() throws {
    for message in AllContracts.packages.flatMap(\.messages) {
      let text = Array(#"{"noSuchField":{"a":[1,null]}}"#.utf8)
      #expect(rule(message.type, text) == .unknownField, "\(message.name)")
      #expect(
        rule(message.type, text, JSONDecodingOptions(ignoreUnknownFields: true)) == nil,
        "\(message.name)")
    }
  }

  @Test("a field that is set twice is refused, whichever of its names it has")
  func duplicates() throws {
    for message in AllContracts.packages.flatMap(\.messages) {
      for (field, content) in sample(of: message).contents {
        for names in [(field.jsonName, field.jsonName), (field.jsonName, field.name)] {
          let text = "{\(Sample.member(names.0, content)),\(Sample.member(names.1, content))}"
          #expect(
            rule(message.type, Array(text.utf8)) == .duplicateField,
            "\(message.name).\(field.name)")
        }
      }
    }
  }

  @Test("two members of a oneof are refused")
  func oneofs() throws {
    for message in AllContracts.packages.flatMap(\.messages) {
      for (oneof, members) in message.oneofs {
        var maker = SampleMaker(seed: 2)
        let texts = members.compactMap { field in
          maker.content(of: field, depth: 1).map { Sample.member(field.jsonName, $0) }
        }
        for (first, second) in zip(texts, texts.dropFirst()) {
          #expect(
            rule(message.type, Array("{\(first),\(second)}".utf8)) == .oneofConflict(oneof: oneof),
            "\(message.name).\(oneof)")
        }
      }
    }
  }

  @Test("a value of another kind is refused")
  func wrongTypes() throws {
    for message in AllContracts.packages.flatMap(\.messages) {
      // No field takes an array in an array, but for those that take any JSON.
      for field in message.fields where !field.takesAnyJSON {
        let text = "{\"\(field.jsonName)\":[[1]]}"
        let name = "\(message.name).\(field.name)"
        #expect(rule(message.type, Array(text.utf8)) != nil, "\(name)")
      }
    }
  }

  @Test("null stands for nothing")
  func nulls() throws {
    for message in AllContracts.packages.flatMap(\.messages) {
      for field in message.fields where !field.takesNull {
        try expectNull(message.type, field, "\(message.name).\(field.name)")
      }
    }
  }

  private func expectNull<M: Message>(_ type: M.Type, _ field: FieldCase, _ name: String) throws {
    #expect(try M(json: "{\"\(field.jsonName)\":null}") == M(), "\(name)")
  }

  private func rule<M: Message>(
    _ type: M.Type, _ json: [UInt8], _ options: JSONDecodingOptions = JSONDecodingOptions()
  ) -> JSONDecodingError.Rule? {
    do throws(JSONDecodingError) {
      _ = try M(json: json, options: options)
      return nil
    } catch {
      return error.rule
    }
  }

  private func rule<M: Message>(_ type: M.Type, binary: [UInt8]) -> BinaryDecodingError.Rule? {
    do throws(BinaryDecodingError) {
      _ = try M(serialized: binary)
      return nil
    } catch {
      return error.rule
    }
  }
}
