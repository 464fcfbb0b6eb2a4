import ProtobufC

/// Values of a field that its rules admit, as the contract states them.
struct FieldExamples: Hashable {
  /// Of a singular field its values; of a list its entries; of a map its values.
  var values: [String] = []
  /// Of a map its keys.
  var keys: [String] = []
}

extension FieldModel {
  /// The examples of a value in JSON.
  var exampleValues: [JSONNode] { examples.values.map(value.json) }

  /// An example of all that the field holds, in JSON: of a list or a map with one entry.
  var example: JSONNode? {
    guard let value = exampleValues.first else { return nil }
    switch cardinality {
    case .implicit, .explicit, .oneof: return value
    case .repeated: return [value]
    case .map:
      return examples.keys.first.map { .object([JSONNode.Member(name: $0, value: value)]) }
    }
  }
}

extension ValueType {
  /// An example in JSON, which has decimals and 64-bit integers in strings.
  fileprivate func json(_ example: String) -> JSONNode {
    switch self {
    case .scalar(.string), .scalar(.bytes), .decimal, .enumeration, .message: .text(example)
    case .scalar(let type): type.isTextInJSON ? .text(example) : .number(example)
    }
  }
}
