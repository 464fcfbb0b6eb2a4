/// A statement with its values bound.
///
/// Written as a string literal whose interpolations always become parameters, never text:
///
/// ```swift
/// let query: PostgresQuery = """
///   -- name: order_by_id
///   SELECT * FROM orders WHERE order_id = \(id)
///   """
/// ```
///
/// sends `… WHERE order_id = $1`. The name in the first line labels errors and metrics. Statements
/// are prepared once per connection; the text should therefore not vary from call to call.
///
/// Strings, identifiers and enums travel as text whose type the server infers from its place, so
/// the same `String` serves a `text`, `uuid` or `jsonb` column; where there is no such place, add a
/// cast: `unnest(\(ids)::uuid[])`. Integers are `bigint`, decimals `numeric`.
public struct PostgresQuery: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// The text with placeholders `$1` … for the values.
  public let sql: String
  let parameters: PostgresParameters
  /// Whether the statement is prepared and kept for the next time; true unless set otherwise.
  ///
  /// Statements that are run once, or whose text varies, should not be.
  public var isPrepared = true

  /// Takes a statement without values.
  public init(stringLiteral value: String) {
    sql = value
    parameters = PostgresParameters()
  }

  /// Takes a statement with values.
  public init(stringInterpolation: StringInterpolation) {
    sql = stringInterpolation.sql
    parameters = stringInterpolation.parameters
  }

  /// Takes a statement made at run time, which is not prepared.
  ///
  /// The text is sent as it is: nothing from outside may be part of it.
  public init(unsafeSQL: String) {
    sql = unsafeSQL
    parameters = PostgresParameters()
    isPrepared = false
  }

  private static let namePrefix = "-- name:"

  /// The name in the comment of the first line: `-- name: order_by_id`.
  public var name: String? {
    guard sql.utf8.starts(with: Self.namePrefix.utf8) else { return nil }
    let line = sql.utf8.dropFirst(Self.namePrefix.utf8.count).prefix { $0 != UInt8(ascii: "\n") }
    let name = line.drop { $0 == UInt8(ascii: " ") }
      .prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }
    return name.isEmpty ? nil : String(name)
  }

  /// The text without the values.
  public var description: String { sql }

  /// Collects the pieces of a literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    private static let placeholderBytes = 4

    private(set) var sql = ""
    private(set) var parameters = PostgresParameters()

    /// Makes room for the text.
    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.reserveCapacity(literalCapacity + interpolationCount * Self.placeholderBytes)
    }

    /// Appends a piece of the statement.
    public mutating func appendLiteral(_ literal: String) { sql += literal }

    /// Binds a value.
    public mutating func appendInterpolation(_ value: some PostgresEncodable) {
      parameters.append(value, placeholder: sql.utf8.count)
      sql += "$\(parameters.count)"
    }

    /// Binds a value or NULL.
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      parameters.append(value, placeholder: sql.utf8.count)
      sql += "$\(parameters.count)"
    }

    /// Inserts another query, its values renumbered: for clauses that come and go.
    public mutating func appendInterpolation(_ fragment: PostgresQuery) {
      let text = fragment.sql.utf8
      var position = text.startIndex
      for (index, entry) in fragment.parameters.entries.enumerated() {
        let start = text.index(text.startIndex, offsetBy: entry.placeholder)
        sql += fragment.sql[position..<start]
        parameters.append(index, of: fragment.parameters, placeholder: sql.utf8.count)
        sql += "$\(parameters.count)"
        position = text.index(start, offsetBy: "$\(index + 1)".utf8.count)
      }
      sql += fragment.sql[position...]
    }

    /// Inserts the name of a table, schema or role, quoted.
    public mutating func appendInterpolation(identifier: String) {
      sql += PostgresQuery.quoted(identifier: identifier)
    }
  }

  /// A name in double quotes, as SQL wants it where it is not plain.
  public static func quoted(identifier: String) -> String {
    "\"" + identifier.replacing("\"", with: "\"\"") + "\""
  }
}
