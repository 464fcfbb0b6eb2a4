/// A value that can be bound to a parameter of a query.
///
/// An enum of strings needs no code: `extension OrderSide: PostgresEncodable {}`.
public protocol PostgresEncodable: Sendable {
  /// The parameter's type: text to be understood by the server when ``PostgresType/inferred``, the
  /// type's binary form otherwise.
  static var postgresType: PostgresType { get }

  /// Whether the value is NULL.
  var isPostgresNull: Bool { get }

  /// Appends the value's text or binary form; not called for NULL.
  func encode(into buffer: inout PostgresParameterBuffer)
}

/// A value that can be read from a column of a row.
public protocol PostgresDecodable: Sendable {
  /// Reads the value.
  init(from cell: PostgresCell) throws(PostgresDecodingFailure)
}

/// A value that can be bound and read.
public typealias PostgresCodable = PostgresEncodable & PostgresDecodable

extension PostgresEncodable {
  /// False: only an optional is ever NULL.
  public var isPostgresNull: Bool { false }
}

/// The bytes of parameters while they are written.
public struct PostgresParameterBuffer: Sendable {
  var bytes: [UInt8] = []

  /// Appends bytes as they are.
  public mutating func append(_ bytes: some Sequence<UInt8>) {
    self.bytes.append(contentsOf: bytes)
  }

  /// Appends an integer, most significant byte first.
  @inline(__always)
  public mutating func append(bigEndian value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends a value behind its length, as the elements of an array are written.
  mutating func appendSized(_ write: (inout PostgresParameterBuffer) -> Void) {
    let start = bytes.count
    append(bigEndian: Int32(0))
    write(&self)
    let length = Int32(bytes.count - start - 4).bigEndian
    withUnsafeBytes(of: length) { length in
      for index in 0..<4 { bytes[start + index] = length[index] }
    }
  }
}

/// One value of a row as the server sent it, valid while it is being decoded.
public struct PostgresCell {
  /// The column's type.
  public let type: PostgresType
  /// The binary form; nil for NULL.
  public let bytes: UnsafeRawBufferPointer?

  init(type: PostgresType, bytes: UnsafeRawBufferPointer?) {
    self.type = type
    self.bytes = bytes
  }

  /// The binary form of a value that must not be NULL.
  public func requireBytes() throws(PostgresDecodingFailure) -> UnsafeRawBufferPointer {
    guard let bytes else { throw .null }
    return bytes
  }

  /// The binary form read as one integer, most significant byte first.
  func integer<Value: FixedWidthInteger>(
    _ value: Value.Type
  ) throws(PostgresDecodingFailure) -> Value {
    let bytes = try requireBytes()
    guard bytes.count == MemoryLayout<Value>.size else { throw .malformed }
    return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
  }
}

/// Why a value of a row is not what was asked for.
public enum PostgresDecodingFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value is NULL and the type is not optional.
  case null
  /// The column's type does not turn into the type asked for.
  case typeMismatch
  /// The type fits, the value does not: too large, not exact, not one of the cases.
  case invalidValue(String)
  /// The bytes are not what the protocol says.
  case malformed

  /// The broken rule.
  public var description: String {
    switch self {
    case .null: "the value is NULL"
    case .typeMismatch: "the types do not fit"
    case .invalidValue(let reason): reason
    case .malformed: "the bytes are malformed"
    }
  }
}
