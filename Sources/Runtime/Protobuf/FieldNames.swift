/// The fields of one message by name, for reading JSON and for naming a field in an error.
///
/// Fields are usually read in the order of the contract, so the expected next one is compared
/// first and the hash table is only asked when that fails.
public final class FieldNames: Sendable {
  /// One field: its number, its two names and the oneof it belongs to.
  public struct Field: Sendable {
    @usableFromInline let number: Int
    @usableFromInline let json: StaticString
    @usableFromInline let proto: StaticString
    @usableFromInline let oneof: StaticString?

    /// A field as the contract declares it.
    public static func field(
      _ number: Int, _ json: StaticString, _ proto: StaticString, oneof: StaticString? = nil
    ) -> Field {
      Field(number: number, json: json, proto: proto, oneof: oneof)
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
