/// The fields of one message by name, for reading JSON and for naming a field in an error.
///
/// Fields are usually read in the order of the contract, so the expected next one is compared
/// first and the hash table is only asked when that fails.
public final class FieldNames: Sendable {
  /// One field: its number, its two names, what it holds and the oneof it belongs to.
  public struct Field: Sendable {
    @usableFromInline let number: Int
    @usableFromInline let json: StaticString
    @usableFromInline let proto: StaticString
    @usableFromInline let oneof: StaticString?
    let content: Content
    /// Whether `null` is a value of the field and not its absence.
    let takesNull: Bool

    /// What a field holds, as a field mask sees it.
    enum Content: Sendable {
      /// One number, text, enum or decimal.
      case value
      /// One message, into which a path may continue.
      case message(any Message.Type)
      /// A list or a map, at which a path ends.
      case repeated
    }

    /// A number, text, enum or decimal; JSON's `null` leaves it unset unless the field takes it.
    public static func field(
      _ number: Int, _ json: StaticString, _ proto: StaticString, oneof: StaticString? = nil,
      takesNull: Bool = false
    ) -> Field {
      Field(
        number: number, json: json, proto: proto, oneof: oneof, content: .value,
        takesNull: takesNull)
    }

    /// A message.
    public static func message(
      _ number: Int, _ json: StaticString, _ proto: StaticString, _ type: any Message.Type,
      oneof: StaticString? = nil
    ) -> Field {
      Field(
        number: number, json: json, proto: proto, oneof: oneof, content: .message(type),
        takesNull: type == Google.Value.self)
    }

    /// A list or a map.
    public static func repeated(
      _ number: Int, _ json: StaticString, _ proto: StaticString
    ) -> Field {
      Field(
        number: number, json: json, proto: proto, oneof: nil, content: .repeated,
        takesNull: false)
    }
  }

  let fields: [Field]
  /// The same for the reader of JSON.
  let table: FieldTable

  /// Takes the fields in the order of the contract.
  public init(_ fields: [Field]) {
    self.fields = fields
    table = FieldTable(fields)
  }

  /// No fields, for messages whose JSON form is not an object.
  public static let none = FieldNames([])

  /// The name in the contract of a field; its number as text if it has none here.
  func name(of number: Int) -> String {
    fields.first { $0.number == number }?.proto.description ?? "\(number)"
  }
}
