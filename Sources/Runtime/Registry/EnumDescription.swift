/// An enum and what its contract says about it.
public struct EnumDescription: Sendable {
  /// One of its values.
  public struct Value: Sendable {
    /// The number on the wire.
    public let number: Int
    /// The name in JSON, such as `BUY`.
    public let name: String
    /// The contract's comment; may be empty.
    public let comment: String

    /// Creates a description; the generator writes it.
    public init(_ number: Int, _ name: StaticString, _ comment: StaticString = "") {
      self.number = number
      self.name = name.description
      self.comment = comment.description
    }
  }

  /// The full name, such as `alphintra.trading.v1.OrderSide`.
  public let name: String
  /// The contract's comment; may be empty.
  public let comment: String
  /// The values, in the order of the contract.
  public let values: [Value]

  /// Creates a description; the generator writes it.
  public init(_ name: StaticString, _ comment: StaticString, _ values: [Value]) {
    self.name = name.description
    self.comment = comment.description
    self.values = values
  }

  /// The name without the package, such as `OrderSide`.
  public var shortName: String { lastComponent(of: name) }
}
