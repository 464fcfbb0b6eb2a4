public import Core

extension JSONReader {
  /// A string; its UTF-8 is checked.
  public mutating func string() throws(JSONDecodingError) -> String {
    let place = try expectString("a string")
    let bytes = try stringContent()
    guard let text = text(bytes) else { throw failure(.invalidUTF8, at: place) }
    return text
  }

  /// Bytes in base64, of either alphabet, with or without padding.
  public mutating func bytes() throws(JSONDecodingError) -> [UInt8] {
    let place = try expectString("a base64 string")
    guard let bytes = Base64.decode(try stringContent()) else {
      throw failure(.invalidBase64, at: place)
    }
    return bytes
  }

  /// A decimal: a string, or a number whose digits are taken as written.
  public mutating func decimal() throws(JSONDecodingError) -> Decimal {
    guard let first = peek() else { throw mismatch("a decimal") }
    let place = position
    let isQuoted = first == UInt8(ascii: "\"")
    guard isQuoted || Self.beginsNumber(first) else { throw mismatch("a decimal") }
    let bytes = isQuoted ? try stringContent() : try number()
    do throws(DecimalError) {
      return isQuoted ? try Decimal(utf8: bytes) : try Decimal(jsonNumber: bytes)
    } catch {
      throw failure(.invalidDecimal(error), at: place)
    }
  }

  /// The number of the value that a string names; nil if none has the name and the options say to ignore
  /// that.
  @usableFromInline
  mutating func enumNumber(
    _ names: EnumNames, of type: @autoclosure () -> String
  ) throws(JSONDecodingError) -> Int32? {
    let place = position
    let bytes = try stringContent()
    if let number = names.number(of: bytes) { return number }
    if text(bytes) == nil { throw failure(.invalidUTF8, at: place) }
    if options.ignoreUnknownFields { return nil }
    throw failure(.unknownEnumValue(type: type()), at: place)
  }

  /// Checks that a string comes next and returns where.
  mutating func expectString(
    _ expected: String
  ) throws(JSONDecodingError) -> UnsafePointer<UInt8> {
    guard peek() == UInt8(ascii: "\"") else { throw mismatch(expected) }
    return position
  }

  /// The content of the string that comes next, its escapes undone; valid until the next call.
  ///
  /// - Precondition: the next byte is a quotation mark.
  mutating func stringContent() throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    let first = position + 1
    var cursor = first
    while end - cursor >= 8 {
      let stops = UnsafeRawPointer(cursor).word.bytesThatEndPlainText
      if stops != 0 {
        cursor += stops.trailingZeroBitCount &>> 3
        break
      }
      cursor += 8
    }
    while cursor < end {
      let byte = cursor.pointee
      if byte == UInt8(ascii: "\"") {
        position = cursor + 1
        return UnsafeBufferPointer(start: first, count: cursor - first)
      }
      if byte == UInt8(ascii: "\\") { return try unescapedContent(from: first, to: cursor) }
      if byte < 0x20 { break }
      cursor += 1
    }
    throw failure(.syntax(expected: "the rest of a string"), at: cursor)
  }

  private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard let first = bytes.baseAddress else { return "" }
    // Either a part of the text, or the scratch memory.
    let isWithin = first >= start && first < end
    return String(
      checking: first, count: bytes.count, in: isWithin ? end : first + bytes.count)
  }
}
