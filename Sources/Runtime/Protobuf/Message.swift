/// A generated message: a plain value that reads and writes itself as binary and as JSON.
///
/// Programs use `init(serialized:)`, `serialized()`, `init(json:)` and `json()`; the requirements
/// are what the generator writes for each message.
public protocol Message: JSONValue {
  /// The full name in the contract, such as `alphintra.trading.v1.Order`.
  static var messageName: String { get }

  /// The names of the fields, as the JSON form and errors use them.
  static var fields: FieldNames { get }

  /// A message with every field unset.
  init()

  /// Fields of a newer contract, kept as they came and written back after the known ones.
  var unknownFields: UnknownFields { get set }

  /// Reads fields up to the reader's end; a field already set is replaced, added to or merged.
  mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError)

  /// Writes every field that is set, without a length.
  func encode(into writer: inout BinaryWriter)

  /// Reads one JSON value, for most messages an object.
  mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError)

  /// Notes every field that breaks a rule of the contract; a message without rules has none to break.
  func validate(into violations: inout Violations)
}

extension Message {
  /// A message filled in by `populate`: `Order.with { $0.symbol = "AAPL" }`.
  @inlinable public static func with<Failure: Error>(
    _ populate: (inout Self) throws(Failure) -> Void
  ) throws(Failure) -> Self {
    var message = Self()
    try populate(&message)
    return message
  }
}
