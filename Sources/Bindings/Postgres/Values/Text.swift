public import Core

extension String: PostgresCodable {
  /// Inferred by the server: a string may stand for a `uuid`, a `jsonb`, an enum.
  public static var postgresType: PostgresType { .inferred }

  /// Appends the UTF-8.
  public func encode(into buffer: inout PostgresParameterBuffer) { buffer.append(utf8) }

  /// Reads text, an enum, a `uuid` in its canonical form, or the text of a `jsonb`.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    let bytes = try cell.requireBytes()
    switch cell.type {
    case .uuid:
      guard bytes.count == 16 else { throw .malformed }
      self = Self.uuidText(bytes)
    case .jsonb:
      // The binary form is a version, which has been 1 since there is jsonb, and the text.
      guard bytes.first == 1 else { throw .malformed }
      self = try Self.text(UnsafeRawBufferPointer(rebasing: bytes[1...]))
    default:
      guard cell.type.isText else { throw .typeMismatch }
      self = try Self.text(bytes)
    }
  }

  private static func text(
    _ bytes: UnsafeRawBufferPointer
  ) throws(PostgresDecodingFailure) -> String {
    // The connection's encoding is UTF-8: the server has checked.
    bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
  }

  private static func uuidText(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for (index, byte) in bytes.enumerated() {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        for nibble in [byte >> 4, byte & 15] {
          buffer[position] =
            nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
          position += 1
        }
      }
      return position
    }
  }
}

/// An enum of strings or integers is bound and read by its raw value.
extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
  /// The raw value's type.
  public static var postgresType: PostgresType { RawValue.postgresType }
  /// Appends the raw value.
  public func encode(into buffer: inout PostgresParameterBuffer) { rawValue.encode(into: &buffer) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
  /// Reads the raw value, which must be one of the cases.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    let rawValue = try RawValue(from: cell)
    guard let value = Self(rawValue: rawValue) else {
      throw .invalidValue("\(rawValue) is no \(Self.self)")
    }
    self = value
  }
}

/// An identifier is bound and read by its text: `extension StrategyID: PostgresCodable {}`.
extension PostgresEncodable where Self: Identifier {
  /// Inferred by the server: `text` or `uuid`.
  public static var postgresType: PostgresType { .inferred }
  /// Appends the text.
  public func encode(into buffer: inout PostgresParameterBuffer) { rawValue.encode(into: &buffer) }
}

extension PostgresDecodable where Self: Identifier {
  /// Reads the text.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    self.init(rawValue: try String(from: cell))
  }
}
