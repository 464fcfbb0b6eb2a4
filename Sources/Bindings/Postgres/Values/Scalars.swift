extension Bool: PostgresCodable {
  /// `boolean`.
  public static var postgresType: PostgresType { .bool }
  /// Appends one byte.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    buffer.append(bigEndian: UInt8(self ? 1 : 0))
  }
  /// Reads a `boolean`.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    guard cell.type == .bool else { throw .typeMismatch }
    self = try cell.integer(UInt8.self) != 0
  }
}

/// The integers: bound as the type of their width, read from any integer type where they fit.
extension FixedWidthInteger where Self: PostgresCodable {
  /// Appends the bytes, most significant first.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    buffer.append(bigEndian: self)
  }

  /// Reads a `smallint`, `integer`, `bigint` or `oid`.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    let value: Int64
    switch cell.type {
    case .int8: value = try cell.integer(Int64.self)
    case .int4: value = Int64(try cell.integer(Int32.self))
    case .int2: value = Int64(try cell.integer(Int16.self))
    case .oid: value = Int64(try cell.integer(UInt32.self))
    default: throw cell.bytes == nil ? .null : .typeMismatch
    }
    guard let exact = Self(exactly: value) else {
      throw .invalidValue("\(value) does not fit into \(Self.self)")
    }
    self = exact
  }
}

extension Int: PostgresCodable {
  /// `bigint`.
  public static var postgresType: PostgresType { .int8 }
}

extension Int64: PostgresCodable {
  /// `bigint`.
  public static var postgresType: PostgresType { .int8 }
}

extension Int32: PostgresCodable {
  /// `integer`.
  public static var postgresType: PostgresType { .int4 }
}

extension Int16: PostgresCodable {
  /// `smallint`.
  public static var postgresType: PostgresType { .int2 }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  /// The wrapped value's type.
  public static var postgresType: PostgresType { Wrapped.postgresType }
  /// Whether there is no value.
  public var isPostgresNull: Bool { self?.isPostgresNull ?? true }
  /// Appends the wrapped value.
  public func encode(into buffer: inout PostgresParameterBuffer) { self?.encode(into: &buffer) }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// Reads NULL as nil.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    self = cell.bytes == nil ? nil : try Wrapped(from: cell)
  }
}
