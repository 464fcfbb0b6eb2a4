public import Core

/// A value of which an array can be bound, as for `unnest`, and read.
public protocol PostgresArrayElement: PostgresCodable {
  /// The type of an array of these; ``PostgresType/inferred`` writes the array as text.
  static var postgresArrayType: PostgresType { get }
  /// Appends an array that is not NULL.
  static func encodeArray(_ elements: [Self], into buffer: inout PostgresParameterBuffer)
  /// Reads an array.
  static func decodeArray(from cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  /// The array type of the elements.
  public static var postgresType: PostgresType { Element.postgresArrayType }
  /// Appends all elements.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    Element.encodeArray(self, into: &buffer)
  }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  /// Reads an array of one dimension.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    self = try Element.decodeArray(from: cell)
  }
}

extension PostgresArrayElement {
  /// Inferred by the server: text, as strings are.
  public static var postgresArrayType: PostgresType { .inferred }

  /// Appends the array in the form of its type.
  public static func encodeArray(
    _ elements: [Self], into buffer: inout PostgresParameterBuffer
  ) {
    if postgresArrayType == .inferred {
      ArrayFormat.appendText(elements, to: &buffer)
    } else {
      ArrayFormat.appendBinary(elements, to: &buffer)
    }
  }

  /// Reads an array of one dimension.
  public static func decodeArray(
    from cell: PostgresCell
  ) throws(PostgresDecodingFailure) -> [Self] {
    try ArrayFormat.elements(cell)
  }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
  /// The array type of the wrapped values.
  public static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

extension String: PostgresArrayElement {}
extension OrderID: PostgresArrayElement {}
extension AccountID: PostgresArrayElement {}
extension UserID: PostgresArrayElement {}
extension TradeID: PostgresArrayElement {}
extension EventID: PostgresArrayElement {}
extension AssetID: PostgresArrayElement {}

extension Bool: PostgresArrayElement {
  /// `boolean[]`.
  public static var postgresArrayType: PostgresType { .boolArray }
}

extension Int: PostgresArrayElement {
  /// `bigint[]`.
  public static var postgresArrayType: PostgresType { .int8Array }
}

extension Int64: PostgresArrayElement {
  /// `bigint[]`.
  public static var postgresArrayType: PostgresType { .int8Array }
}

extension Int32: PostgresArrayElement {
  /// `integer[]`.
  public static var postgresArrayType: PostgresType { .int4Array }
}

extension Int16: PostgresArrayElement {
  /// `smallint[]`.
  public static var postgresArrayType: PostgresType { .int2Array }
}

extension Decimal: PostgresArrayElement {
  /// `numeric[]`.
  public static var postgresArrayType: PostgresType { .numericArray }
}

extension Instant: PostgresArrayElement {
  /// `timestamptz[]`.
  public static var postgresArrayType: PostgresType { .timestamptzArray }
}

/// An array of bytes is no array to the server: `[UInt8]` is `bytea`.
extension UInt8: PostgresArrayElement {
  /// `smallint`: the server has no smaller integer.
  public static var postgresType: PostgresType { .int2 }
  /// Appends the value as a `smallint`.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    buffer.append(bigEndian: Int16(self))
  }
  /// `bytea`.
  public static var postgresArrayType: PostgresType { .bytea }
  /// Appends the bytes.
  public static func encodeArray(
    _ elements: [UInt8], into buffer: inout PostgresParameterBuffer
  ) {
    buffer.append(elements)
  }
  /// Reads a `bytea`.
  public static func decodeArray(
    from cell: PostgresCell
  ) throws(PostgresDecodingFailure) -> [UInt8] {
    let bytes = try cell.requireBytes()
    guard cell.type == .bytea else { throw .typeMismatch }
    return [UInt8](bytes)
  }
}

/// Several byte strings at once: `[[UInt8]]` is `bytea[]`.
extension Array: PostgresArrayElement where Element == UInt8 {
  /// `bytea[]`.
  public static var postgresArrayType: PostgresType { .byteaArray }
}
