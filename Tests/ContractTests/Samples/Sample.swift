/// A message as its contract describes it, with random values: what both its forms must be is known
/// without the code under test.
struct Sample: Sendable {
  indirect enum Value: Sendable {
    case leaf(Leaf)
    case message(Sample)
  }

  enum Content: Sendable {
    case one(Value)
    /// At least one.
    case many([Value])
    /// At least one; entries with two keys have no order on the wire.
    case entries([(key: Leaf, value: Value)])
  }

  /// What is set, by the fields' numbers.
  var contents: [(field: FieldCase, content: Content)] = []

  func content(_ name: String) -> Content? { contents.first { $0.field.name == name }?.content }

  /// Sets a field, or unsets it; of a oneof only this one member stays.
  mutating func set(_ field: FieldCase, to content: Content?) {
    contents.removeAll { other, _ in
      if case .oneof(let name) = field.cardinality, case .oneof(name) = other.cardinality {
        return content != nil || other.number == field.number
      }
      return other.number == field.number
    }
    guard let content else { return }
    contents.append((field, content))
    contents.sort { $0.field.number < $1.field.number }
  }
}

// MARK: - Binary

extension Sample {
  /// The binary form: fields by number.
  var binary: [UInt8] { pieces.flatMap(\.self) }

  /// The binary form, cut where a field ends.
  var pieces: [[UInt8]] { contents.flatMap { Self.pieces(of: $0.field, $0.content) } }

  private static func pieces(of field: FieldCase, _ content: Content) -> [[UInt8]] {
    switch content {
    case .one(let value): return [value.binary(number: field.number)]
    case .many(let values):
      guard case .packed = field.cardinality else {
        return values.map { $0.binary(number: field.number) }
      }
      let packed = values.flatMap { value -> [UInt8] in
        if case .leaf(let leaf) = value { leaf.bytes } else { [] }
      }
      return [WireText.delimited(field.number, packed)]
    case .entries(let entries):
      return entries.map { key, value in
        WireText.delimited(
          field.number, Value.leaf(key).binary(number: 1) + value.binary(number: 2))
      }
    }
  }
}

extension Sample.Value {
  func binary(number: Int) -> [UInt8] {
    switch self {
    case .message(let sample): WireText.delimited(number, sample.binary)
    case .leaf(let leaf) where leaf.wireType == .lengthDelimited:
      WireText.delimited(number, leaf.bytes)
    case .leaf(let leaf): WireText.tag(number, leaf.wireType) + leaf.bytes
    }
  }

  var json: String {
    switch self {
    case .message(let sample): sample.json()
    case .leaf(let leaf): leaf.json
    }
  }
}

// MARK: - JSON

extension Sample {
  /// The JSON form: fields by number, in JSON names.
  func json(without names: Set<String> = []) -> String {
    let members = contents.filter { !names.contains($0.field.name) }.map {
      Self.member($0.field.jsonName, $0.content)
    }
    return "{\(members.joined(separator: ","))}"
  }

  /// One member of the JSON form.
  static func member(_ name: String, _ content: Content) -> String {
    switch content {
    case .one(let value): return "\"\(name)\":\(value.json)"
    case .many(let values):
      return "\"\(name)\":[\(values.map(\.json).joined(separator: ","))]"
    case .entries(let entries):
      let members = entries.map { key, value in
        // A key is always a string.
        (key.json.hasPrefix("\"") ? key.json : "\"\(key.json)\"") + ":" + value.json
      }
      return "\"\(name)\":{\(members.joined(separator: ","))}"
    }
  }
}
