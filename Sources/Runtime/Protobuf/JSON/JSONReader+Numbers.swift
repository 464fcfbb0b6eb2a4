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
    if let value: T = plainInteger() { return value }
    let text = try numberOrQuotedNumber("an integer")
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
    if let value: T = plainFloatingPoint() { return value }
    let text = try numberOrQuotedNumber("a number")
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
    let expected = "\"true\" or \"false\""
    let place = try expectString(expected)
    // The key may be written with escapes, as any string.
    let text = try stringContent()
    if text.elementsEqual("true".utf8) { return true }
    if text.elementsEqual("false".utf8) { return false }
    throw failure(.typeMismatch(expected: expected), at: place)
  }

  /// An integer of at most 19 digits and a sign, quoted or not; nil, and nothing read, for any other.
  @inline(__always)
  private mutating func plainInteger<T: FixedWidthInteger>() -> T? {
    var cursor = position
    let isQuoted = cursor < end && cursor.pointee == UInt8(ascii: "\"")
    if isQuoted { cursor += 1 }
    let isNegative = cursor < end && cursor.pointee == UInt8(ascii: "-")
    if isNegative { cursor += 1 }
    guard let magnitude = plainDigits(&cursor) else { return nil }
    guard cursor < end else { return nil }
    let next = cursor.pointee
    if isQuoted {
      guard next == UInt8(ascii: "\"") else { return nil }
      cursor += 1
    } else if next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e") {
      return nil
    }
    guard let value = isNegative ? T(exactly: 0 - Int128(magnitude)) : T(exactly: magnitude)
    else { return nil }
    position = cursor
    return value
  }

  /// A number whose digits and power of ten are exact in `T`; nil, and nothing read, for any other.
  ///
  /// One division then rounds right; source: Clinger, "How to read floating point numbers
  /// accurately", 1990.
  @inline(__always)
  private mutating func plainFloatingPoint<T: BinaryFloatingPoint>() -> T? {
    var cursor = position
    let isNegative = cursor < end && cursor.pointee == UInt8(ascii: "-")
    if isNegative { cursor += 1 }
    let first = cursor
    guard var digits = plainDigits(&cursor) else { return nil }
    var scale = 0
    if cursor < end, cursor.pointee == UInt8(ascii: ".") {
      cursor += 1
      let point = cursor
      while cursor < end, cursor.pointee.isDigit {
        digits = digits &* 10 &+ UInt64(cursor.pointee &- UInt8(ascii: "0"))
        cursor += 1
      }
      scale = cursor - point
      // 19 digits do not wrap around, and 10¹⁰ is exact in every type.
      guard scale > 0, scale <= 10, cursor - first <= 20 else { return nil }
    }
    guard cursor < end, cursor.pointee | 0x20 != UInt8(ascii: "e"),
      digits <= 1 << UInt64(T.significandBitCount)
    else { return nil }
    position = cursor
    var divisor: T = 1
    for _ in 0..<scale { divisor *= 10 }
    let value = T(digits) / divisor
    return isNegative ? -value : value
  }

  /// 1 to 19 digits without a superfluous zero; passes them.
  @inline(__always)
  private func plainDigits(_ cursor: inout UnsafePointer<UInt8>) -> UInt64? {
    let first = cursor
    var value: UInt64 = 0
    while cursor < end, cursor.pointee.isDigit {
      value = value &* 10 &+ UInt64(cursor.pointee &- UInt8(ascii: "0"))
      cursor += 1
    }
    let count = cursor - first
    guard count >= 1, count <= 19, count == 1 || first.pointee != UInt8(ascii: "0") else {
      return nil
    }
    return value
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
