/// A message and what its contract says about it.
public struct MessageDescription: Sendable {
  /// The full name, such as `alphintra.trading.v1.Order`.
  public let name: String
  /// The contract's comment; may be empty.
  public let comment: String
  /// The oneofs of which one member must be set.
  public let requiredOneofs: [String]
  /// The fields, in the order of the contract.
  public let fields: [FieldDescription]

  /// Creates a description; the generator writes it.
  public init(
    _ name: StaticString, _ comment: StaticString, requiredOneofs: [StaticString] = [],
    _ fields: [FieldDescription]
  ) {
    self.name = name.description
    self.comment = comment.description
    self.requiredOneofs = requiredOneofs.map(\.description)
    self.fields = fields
  }

  /// The name without the package, such as `Order`.
  public var shortName: String { lastComponent(of: name) }
}

/// A field and what its contract says about it.
public struct FieldDescription: Sendable {
  /// The type of a value.
  public enum ValueType: Sendable, Hashable {
    /// The scalars of protobuf.
    case double, float, int32, int64, uint32, uint64, sint32, sint64
    /// More scalars of protobuf.
    case fixed32, fixed64, sfixed32, sfixed64, bool, string, bytes
    /// `alphintra.type.Decimal`: a decimal number in a string.
    case decimal
    /// An enum, by its full name.
    case enumeration(String)
    /// A message, by its full name.
    case message(String)
  }

  /// How many values a field holds.
  public enum Cardinality: Sendable, Hashable {
    /// One, whose default is the same as none; of messages and decimals one or none.
    case single
    /// One or none, and a default is not none.
    case optional
    /// Any number.
    case repeated
    /// Any number, each under a key.
    case map(key: ValueType)
    /// One, if no other member of the oneof, which is named, has one.
    case oneof(String)
  }

  /// The number on the wire.
  public let number: Int
  /// The name in the contract, such as `limit_price`.
  public let name: String
  /// The name in JSON, such as `limitPrice`.
  public let jsonName: String
  /// The type of a value.
  public let type: ValueType
  /// How many values it holds.
  public let cardinality: Cardinality
  /// What the field may hold, in JSON; nil where the contract shows none.
  public let example: String?
  /// What a value must be by the contract's rules, a phrase each, such as `required` and `> 0`.
  public let rules: [String]
  /// The contract's comment; may be empty.
  public let comment: String

  /// Creates a description; the generator writes it, with a JSON name where that is another.
  public init(
    _ number: Int, _ name: StaticString, json: StaticString? = nil, _ type: ValueType,
    cardinality: Cardinality = .single, example: StaticString? = nil, rules: [StaticString] = [],
    _ comment: StaticString = ""
  ) {
    self.number = number
    self.name = name.description
    self.jsonName = (json ?? name).description
    self.type = type
    self.cardinality = cardinality
    self.example = example?.description
    self.rules = rules.map(\.description)
    self.comment = comment.description
  }
}
