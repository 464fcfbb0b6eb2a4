extension Google {
  /// The type of JSON's `null`; source: google/protobuf/struct.proto.
  public enum NullValue: Sendable {
    /// `null`.
    case nullValue
    /// A number that the contract does not name.
    case unrecognized(Int32)
  }
}

extension Google.NullValue: Enum {
  /// The full name in the contract.
  public static let enumName = "google.protobuf.NullValue"

  /// Takes any number.
  public init(rawValue: Int32) { self = rawValue == 0 ? .nullValue : .unrecognized(rawValue) }

  /// The number on the wire.
  public var rawValue: Int32 {
    switch self {
    case .nullValue: 0
    case .unrecognized(let number): number
    }
  }

  /// The name of the one value, which JSON may carry instead of `null`.
  public static let valueNames = EnumNames([.value(0, "NULL_VALUE", "NULL_VALUE")])

  /// Reads `null`, the name or a number.
  public static func decode(
    from reader: inout JSONReader
  ) throws(JSONDecodingError) -> Google.NullValue? {
    if reader.consume(literal: "null") { return .nullValue }
    if reader.nextIsString() {
      return try reader.enumNumber(valueNames, of: enumName).map { Google.NullValue(rawValue: $0) }
    }
    return Google.NullValue(rawValue: try reader.integer())
  }

  /// Writes `null`, whatever the number.
  public func encode(into writer: inout JSONWriter) { writer.literal("null") }
}
