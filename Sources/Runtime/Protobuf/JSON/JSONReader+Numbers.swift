internal import Core

extension JSONReader {
  static func beginsNumber(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte.isDigit
  }

  /// The text of the number that comes next, exactly as written.
  mutating func number() throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    let place = position
    let rest = UnsafeBufferPointer(start: position, count: end - position)
    guard let count = Self.numberLength(rest) else { throw failure(.syntax(expected: "a number")) }
    guard count <= Self.maximumNumberLength else { throw failure(.numberLength) }
    position += count
    return UnsafeBufferPointer(start: place, count: count)
  }

  /// The text of a number or of a string that holds nothing but a number.
  private mutating func numberOrQuotedNumber(
    _ type: String
  ) throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    guard let first = peek() else { throw mismatch(type) }
    if Self.beginsNumber(first) { return try number() }
    guard first == UInt8(ascii: "\"") else { throw mismatch(type) }
    let place = position
    let text = try stringContent()
    guard text.count <= Self.maximumNumberLength else { throw failure(.numberLength, at: place) }
    guard Self.numberLength(text) == text.count else {
      throw failure(.typeMismatch(expected: type), at: place)
    }
    return text
  }

  /// An integer as a number or a quoted number; `1.0` and `1e2` are integers, `1.5` is not.
  public mutating func integer<T: FixedWidthInteger>() throws(JSONDecodingError) -> T {
    _ = peek()
    let place = position
    let text = try numberOrQuotedNumber("an integer")
    if let value = Self.shortInteger(text) {
      guard let result = T(exactly: value) else {
        throw failure(.outOfRange(type: Self.name(of: T.self)), at: place)
      }
      return result
    }
    let value: Decimal
    do throws(DecimalError) {
      value = try Decimal(jsonNumber: text)
    } catch .tooManyFractionDigits {
      throw failure(.typeMismatch(expected: "an integer"), at: place)
    } catch {
      throw failure(.outOfRange(type: Self.name(of: T.self)), at: place)
    }
    guard value.isMultiple(of: .one) else {
      throw failure(.typeMismatch(expected: "an integer"), at: place)
    }
    guard let result = T(exactly: value.units / Decimal.one.units) else {
      throw failure(.outOfRange(type: Self.name(of: T.self)), at: place)
    }
    return result
  }

  /// A number, a quoted number, `"NaN"`, `"Infinity"` or `"-Infinity"`.
  mutating func floatingPoint<T: BinaryFloatingPoint & LosslessStringConvertible>()
    throws(JSONDecodingError) -> T
  {
    _ = peek()
    let place = position
    if consume(literal: "\"NaN\"") { return .nan }
    if consume(literal: "\"Infinity\"") { return .infinity }
    if consume(literal: "\"-Infinity\"") { return -.infinity }
    let text = try numberOrQuotedNumber("a number")
    if let value = Self.shortInteger(text), value.magnitude < 1 << 24, value != 0 {
      return T(value)
    }
    // Rounds to nearest, as `strtod` does; the text has been checked to be a number.
    guard let value = T(String(decoding: text, as: UTF8.self)), value.isFinite else {
      throw failure(.outOfRange(type: T.self == Float.self ? "float" : "double"), at: place)
    }
    return value
  }

  /// `true` or `false`.
  mutating func bool() throws(JSONDecodingError) -> Bool {
    if consume(literal: "true") { return true }
    if consume(literal: "false") { return false }
    throw mismatch("true or false")
  }

  /// `"true"` or `"false"`, as the key of a map.
  mutating func quotedBool() throws(JSONDecodingError) -> Bool {
    if consume(literal: "\"true\"") { return true }
    if consume(literal: "\"false\"") { return false }
    throw mismatch("\"true\" or \"false\"")
  }

  /// The value of a text of at most 18 digits and a sign; nil for any other.
  private static func shortInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    guard text.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in text.dropFirst(isNegative ? 1 : 0) {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return isNegative ? -value : value
  }

  /// How many bytes the number at the start of `text` has; source: RFC 8259 section 6.
  private static func numberLength(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    func digits() -> Int {
      let first = position
      while position < text.count, text[position].isDigit { position += 1 }
      return position - first
    }
    if text.first == UInt8(ascii: "-") { position = 1 }
    let whole = position
    let count = digits()
    guard count == 1 || (count > 1 && text[whole] != UInt8(ascii: "0")) else { return nil }
    if position < text.count, text[position] == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { return nil }
    }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < text.count,
        text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      guard digits() > 0 else { return nil }
    }
    return position
  }

  /// The type's name in the contract's language.
  private static func name<T: FixedWidthInteger>(of type: T.Type) -> String {
    (T.isSigned ? "int" : "uint") + "\(T.bitWidth)"
  }
}

extension UInt8 {
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
