import Protobuf

/// What a contract says about a message.
struct MessageCase: Sendable {
  let type: any Message.Type
  /// The full name.
  let name: String
  /// The oneofs of which a member must be set.
  let requiredOneofs: [String]
  /// The fields by number.
  let fields: [FieldCase]

  init(
    _ type: any Message.Type, _ name: String, requiredOneofs: [String] = [], _ fields: [FieldCase]
  ) {
    self.type = type
    self.name = name
    self.requiredOneofs = requiredOneofs
    self.fields = fields.sorted { $0.number < $1.number }
  }

  func field(_ name: String) -> FieldCase? { fields.first { $0.name == name } }

  /// The oneofs with their members.
  var oneofs: [String: [FieldCase]] {
    var oneofs: [String: [FieldCase]] = [:]
    for field in fields {
      if case .oneof(let name) = field.cardinality { oneofs[name, default: []].append(field) }
    }
    return oneofs
  }
}

/// What a contract says about a field.
struct FieldCase: Sendable {
  enum Kind: Sendable {
    case double, float, int32, int64, uint32, uint64, sint32, sint64
    case fixed32, fixed64, sfixed32, sfixed64, bool, string, bytes, decimal
    case enumeration(any Enum.Type)
    case message(any Message.Type)
  }

  enum Cardinality: Sendable {
    /// One; its default is the same as none.
    case implicit
    /// One or none.
    case optional
    case repeated
    case packed
    case map(Kind)
    /// One, if no other member has one.
    case oneof(String)
  }

  let number: Int
  let name: String
  let jsonName: String
  let kind: Kind
  let cardinality: Cardinality
  /// What the value must be; of a list its entries, of a map its values.
  let rules: RuleCase
  /// What a map's keys must be.
  let keys: RuleCase

  init(
    _ number: Int, _ name: String, _ jsonName: String, _ kind: Kind,
    _ cardinality: Cardinality = .implicit, rules: RuleCase = RuleCase(),
    keys: RuleCase = RuleCase()
  ) {
    self.number = number
    self.name = name
    self.jsonName = jsonName
    self.kind = kind
    self.cardinality = cardinality
    self.rules = rules
    self.keys = keys
  }
}

extension FieldCase {
  /// Whether a request without a value is refused.
  var isNeeded: Bool { rules.isRequired || rules.minItems > 0 }

  /// Whether any JSON, or any list, is a value of the field.
  var takesAnyJSON: Bool {
    guard case .message(let type) = kind else { return false }
    return ["google.protobuf.Value", "google.protobuf.ListValue"].contains(type.messageName)
  }

  /// Whether `null` is a value of the field.
  var takesNull: Bool {
    switch kind {
    case .message(let type): type.messageName == "google.protobuf.Value"
    case .enumeration(let type): type.enumName == "google.protobuf.NullValue"
    default: false
    }
  }
}

/// What a contract says about an enum.
struct EnumCase: Sendable {
  let type: any Enum.Type
  /// The full name.
  let name: String
  let values: [ValueCase]

  init(_ type: any Enum.Type, _ name: String, _ values: [ValueCase]) {
    self.type = type
    self.name = name
    self.values = values
  }
}

/// What a contract says about a value of an enum.
struct ValueCase: Sendable {
  let number: Int32
  /// The name in JSON.
  let jsonName: String
  /// The name in the contract, which JSON may use as well.
  let name: String
  /// Whether an earlier value has the same number; then JSON prints that one's name.
  let isAlias: Bool

  init(_ number: Int32, _ jsonName: String, _ name: String, isAlias: Bool = false) {
    self.number = number
    self.jsonName = jsonName
    self.name = name
    self.isAlias = isAlias
  }
}
