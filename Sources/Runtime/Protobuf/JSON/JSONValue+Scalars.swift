public import Core

extension Int32: JSONScalar, JSONKey {
  /// Reads a number or a quoted number.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Int32? {
    try reader.integer()
  }
  /// Writes a number.
  public func encode(into writer: inout JSONWriter) { writer.integer(self) }
  /// Whether this is zero.
  public var isDefault: Bool { self == 0 }
}

extension UInt32: JSONScalar, JSONKey {
  /// Reads a number or a quoted number.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> UInt32? {
    try reader.integer()
  }
  /// Writes a number.
  public func encode(into writer: inout JSONWriter) { writer.integer(self) }
  /// Whether this is zero.
  public var isDefault: Bool { self == 0 }
}

extension Int64: JSONScalar, JSONKey {
  /// Reads a number or a quoted number.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Int64? {
    try reader.integer()
  }
  /// Writes a quoted number: a JSON number has 53 bits with most readers.
  public func encode(into writer: inout JSONWriter) { writer.quotedInteger(self) }
  /// Whether this is zero.
  public var isDefault: Bool { self == 0 }
}

extension UInt64: JSONScalar, JSONKey {
  /// Reads a number or a quoted number.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> UInt64? {
    try reader.integer()
  }
  /// Writes a quoted number: a JSON number has 53 bits with most readers.
  public func encode(into writer: inout JSONWriter) { writer.quotedInteger(self) }
  /// Whether this is zero.
  public var isDefault: Bool { self == 0 }
}

extension JSONKey where Self: FixedWidthInteger {
  /// Reads a quoted number.
  public static func decodeKey(
    from reader: inout JSONReader
  ) throws(JSONDecodingError) -> Self { try reader.integer() }
  /// Writes a quoted number.
  public func encodeKey(into writer: inout JSONWriter) { writer.quotedInteger(self) }
  /// The smaller number first.
  public static func precedes(_ left: Self, _ right: Self) -> Bool { left < right }
}

extension Bool: JSONScalar, JSONKey {
  /// Reads `true` or `false`.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Bool? {
    try reader.bool()
  }
  /// Writes `true` or `false`.
  public func encode(into writer: inout JSONWriter) { writer.literal(self ? "true" : "false") }
  /// Whether this is false.
  public var isDefault: Bool { !self }
  /// Reads `"true"` or `"false"`.
  public static func decodeKey(
    from reader: inout JSONReader
  ) throws(JSONDecodingError) -> Bool { try reader.quotedBool() }
  /// Writes `"true"` or `"false"`.
  public func encodeKey(into writer: inout JSONWriter) {
    writer.literal(self ? "\"true\"" : "\"false\"")
  }
  /// False first.
  public static func precedes(_ left: Bool, _ right: Bool) -> Bool { !left && right }
}

extension String: JSONScalar, JSONKey {
  /// Reads a string.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> String? {
    try reader.string()
  }
  /// Writes a string.
  public func encode(into writer: inout JSONWriter) { writer.text(self) }
  /// Whether this is empty.
  public var isDefault: Bool { isEmpty }
  /// Reads a string.
  public static func decodeKey(
    from reader: inout JSONReader
  ) throws(JSONDecodingError) -> String { try reader.string() }
  /// Writes a string.
  public func encodeKey(into writer: inout JSONWriter) { writer.text(self) }
  /// By UTF-8 bytes.
  public static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension Float: JSONScalar {
  /// Reads a number, a quoted number, `"NaN"`, `"Infinity"` or `"-Infinity"`.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Float? {
    try reader.floatingPoint()
  }
  /// Writes the shortest number that reads back the same.
  public func encode(into writer: inout JSONWriter) { writer.floatingPoint(self) }
  /// Whether this is positive zero.
  public var isDefault: Bool { bitPattern == 0 }
}

extension Double: JSONScalar {
  /// Reads a number, a quoted number, `"NaN"`, `"Infinity"` or `"-Infinity"`.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Double? {
    try reader.floatingPoint()
  }
  /// Writes the shortest number that reads back the same.
  public func encode(into writer: inout JSONWriter) { writer.floatingPoint(self) }
  /// Whether this is positive zero.
  public var isDefault: Bool { bitPattern == 0 }
}

extension [UInt8]: JSONValue, JSONScalar {
  /// Reads base64.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> [UInt8]? {
    try reader.bytes()
  }
  /// Writes base64.
  public func encode(into writer: inout JSONWriter) { writer.base64(self) }
  /// Whether this is empty.
  public var isDefault: Bool { isEmpty }
}

extension Decimal: JSONValue {
  /// Reads a string or the digits of a number.
  public static func decode(from reader: inout JSONReader) throws(JSONDecodingError) -> Decimal? {
    try reader.decimal()
  }
  /// Writes a string.
  public func encode(into writer: inout JSONWriter) { writer.decimal(self) }
}
