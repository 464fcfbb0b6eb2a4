/// What has a form in JSON: numbers, texts, bytes, enumerations, decimals and messages.
public protocol JSONValue: Hashable, Sendable {
  /// Reads a value; nil for a name of an enumeration that the options say to ignore.
  static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Self?

  /// Writes the value.
  func encode(into writer: inout JSONWriter)
}

/// A value that a field without presence has: its default is not printed.
public protocol JSONScalar: JSONValue {
  /// Whether this is zero, false, empty or the enumeration's first value.
  var isDefault: Bool { get }
}

/// A value that a map's key may have; JSON carries it as a string.
public protocol JSONKey: JSONValue {
  /// Reads a key.
  static func decodeKey(from reader: inout JSONReader) throws(JSONDecodingError) -> Self

  /// Writes the key in quotes.
  func encodeKey(into writer: inout JSONWriter)

  /// The order in which keys are printed.
  static func precedes(_ left: Self, _ right: Self) -> Bool
}

extension Message {
  /// Reads a message into an empty one.
  @inlinable public static func decode(
    from reader: inout JSONReader
  ) throws(JSONDecodingError) -> Self? {
    var message = Self()
    try message.merge(from: &reader)
    return message
  }
}

extension Enum {
  /// Reads a name, with or without the prefix of the type, or a number.
  @inlinable public static func decode(
    from reader: inout JSONReader
  ) throws(JSONDecodingError) -> Self? {
    if reader.nextIsString() {
      return try reader.enumNumber(valueNames, of: enumName).map { Self(rawValue: $0) }
    }
    return Self(rawValue: try reader.integer())
  }

  /// Writes the name, or the number if it has none or the options ask for numbers.
  @inlinable public func encode(into writer: inout JSONWriter) {
    writer.enumeration(rawValue, Self.valueNames)
  }

  /// Whether this is the first value, which has number 0.
  @inlinable public var isDefault: Bool { rawValue == 0 }
}
