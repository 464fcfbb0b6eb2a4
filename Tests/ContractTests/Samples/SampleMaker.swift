import Protobuf
import TestSupport

/// Makes random messages of the contracts from a seed.
struct SampleMaker {
  var random: SeededGenerator
  /// Of a hundred fields that may be unset, how many are set.
  var density: Int
  /// Whether an enum may have a number that only a newer contract names.
  var makesUnknownNumbers = true

  init(seed: UInt64, density: Int = 60) {
    random = SeededGenerator(seed: seed)
    self.density = density
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  /// A message.
  ///
  /// - Parameter depth: How deep the messages in it may nest.
  mutating func sample(of message: MessageCase, depth: Int = 2) -> Sample {
    var sample = Sample()
    let chosen = message.oneofs.sorted { $0.key < $1.key }.compactMap {
      $0.value.randomElement(using: &random)?.number
    }
    for field in message.fields {
      var isNeeded = field.isNeeded
      if case .oneof(let name) = field.cardinality {
        guard chosen.contains(field.number) else { continue }
        isNeeded = message.requiredOneofs.contains(name)
      }
      guard isNeeded || chance(density) else { continue }
      sample.set(field, to: content(of: field, depth: depth))
    }
    return sample
  }

  /// The values of a field; nil where there are none.
  mutating func content(of field: FieldCase, depth: Int) -> Sample.Content? {
    let rules = field.rules
    switch field.cardinality {
    case .implicit:
      let value = value(field.kind, rules, depth, isSet: rules.isRequired)
      guard case .leaf(let leaf)? = value, !leaf.isDefault else { return nil }
      return .one(.leaf(leaf))
    case .optional, .oneof: return value(field.kind, rules, depth).map { .one($0) }
    case .repeated, .packed:
      let count = min(max(Int.random(in: 1...3, using: &random), rules.minItems), rules.maxItems)
      var values: [Sample.Value] = []
      for _ in 0..<count {
        guard let value = value(field.kind, rules, depth) else { continue }
        if rules.isUnique, values.contains(where: { $0.json == value.json }) { continue }
        values.append(value)
      }
      return values.isEmpty ? nil : .many(values)
    case .map(let key):
      guard case .leaf(let key)? = value(key, field.keys, depth),
        let value = value(field.kind, rules, depth)
      else { return nil }
      return .entries([(key, value)])
    }
  }

  private mutating func value(
    _ kind: FieldCase.Kind, _ rules: RuleCase, _ depth: Int, isSet: Bool = false
  ) -> Sample.Value? {
    guard case .message(let type) = kind else { return .leaf(leaf(kind, rules, isSet: isSet)) }
    if let leaf = wellKnown(type) { return .leaf(leaf) }
    guard depth > 0, let message = ContractIndex.messages[type.messageName] else { return nil }
    return .message(sample(of: message, depth: depth - 1))
  }
}

/// The messages and enums of all contracts, by full name.
enum ContractIndex {
  static let messages = Dictionary(
    uniqueKeysWithValues: AllContracts.packages.flatMap(\.messages).map { ($0.name, $0) })
  static let enums = Dictionary(
    uniqueKeysWithValues: AllContracts.packages.flatMap(\.enums).map { ($0.name, $0) })
}
