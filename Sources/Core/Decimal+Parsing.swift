extension Decimal {
  /// Reads `-`? digits (`.` digits)?: no exponent, no `+`, no blanks, no superfluous leading zero.
  ///
  /// Trailing zeros are accepted and dropped; `-0` reads as zero.
  public init(_ text: some StringProtocol) throws(DecimalError) {
    var text = String(text)
    let result: Result<Decimal, DecimalError> = text.withUTF8 { bytes in
      do throws(DecimalError) { return .success(try Decimal(utf8: bytes)) } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  /// Reads the same text as `init(_:)` from UTF-8 bytes.
  public init(utf8 bytes: UnsafeBufferPointer<UInt8>) throws(DecimalError) {
    var position = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { position = 1 }

    let wholeStart = position
    var whole: UInt64 = 0
    while position < bytes.count, let digit = bytes[position].decimalDigit {
      if position - wholeStart == 19 { break }
      whole = whole &* 10 &+ UInt64(digit)
      position += 1
    }
    var wideWhole = UInt128(whole)
    while position < bytes.count, let digit = bytes[position].decimalDigit {
      // Beyond 20 digits the value is refused below; wrapping here cannot be observed.
      wideWhole = wideWhole &* 10 &+ UInt128(digit)
      position += 1
    }
    let wholeCount = position - wholeStart
    let hasLeadingZero = wholeCount > 1 && bytes[wholeStart] == UInt8(ascii: "0")
    guard wholeCount > 0, !hasLeadingZero else { throw .malformed(Self.quoted(bytes)) }

    var fraction: UInt64 = 0
    var fractionCount = 0
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      let start = position
      while position < bytes.count, let digit = bytes[position].decimalDigit {
        fraction = fraction &* 10 &+ UInt64(digit)
        position += 1
      }
      fractionCount = position - start
      guard fractionCount > 0 else { throw .malformed(Self.quoted(bytes)) }
    }
    guard position == bytes.count else { throw .malformed(Self.quoted(bytes)) }
    guard wholeCount <= Self.integerDigits else {
      throw .tooManyIntegerDigits(Self.quoted(bytes))
    }
    guard fractionCount <= Self.fractionDigits else {
      throw .tooManyFractionDigits(Self.quoted(bytes))
    }
    let fractionUnits = fraction * PowersOfTen.value(Self.fractionDigits - fractionCount)
    let magnitude = wideWhole * UInt128(Self.unitsPerOne) + UInt128(fractionUnits)
    let units = Int128(truncatingIfNeeded: magnitude)
    self.units = isNegative ? -units : units
  }

  /// Reads the text of a JSON number exactly, exponent included: `1e-7` is 0.0000001.
  ///
  /// Source: RFC 8259 section 6. The digits never pass through binary floating point.
  public init(jsonNumber bytes: UnsafeBufferPointer<UInt8>) throws(DecimalError) {
    guard let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else {
      try self.init(utf8: bytes)
      return
    }
    var exponent = try Self.exponent(bytes, from: mark + 1)
    var significand: UInt128 = 0
    var digits = 0
    var isFraction = false
    let isNegative = bytes.first == UInt8(ascii: "-")
    for byte in bytes[(isNegative ? 1 : 0)..<mark] {
      if byte == UInt8(ascii: "."), !isFraction, digits > 0 {
        isFraction = true
        continue
      }
      guard let digit = byte.decimalDigit else { throw .malformed(Self.quoted(bytes)) }
      digits += 1
      let (next, overflow) = significand.multipliedReportingOverflow(by: 10)
      guard !overflow, next <= Self.maxMagnitude else {
        throw .tooManyIntegerDigits(Self.quoted(bytes))
      }
      significand = next + UInt128(digit)
      if isFraction { exponent -= 1 }
    }
    guard digits > 0, bytes[mark - 1] != UInt8(ascii: ".") else {
      throw .malformed(Self.quoted(bytes))
    }
    guard significand != 0 else {
      self = .zero
      return
    }
    while significand % 10 == 0 { (significand, exponent) = (significand / 10, exponent + 1) }
    guard exponent >= -Self.fractionDigits else {
      throw .tooManyFractionDigits(Self.quoted(bytes))
    }
    guard exponent <= Self.integerDigits else {
      throw .tooManyIntegerDigits(Self.quoted(bytes))
    }
    let (magnitude, overflow) = significand.multipliedReportingOverflow(
      by: PowersOfTen.wide(exponent + Self.fractionDigits))
    guard !overflow, let value = Decimal(magnitude: magnitude, isNegative: isNegative) else {
      throw .tooManyIntegerDigits(Self.quoted(bytes))
    }
    self = value
  }

  private static func exponent(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) throws(DecimalError) -> Int {
    var position = start
    var isNegative = false
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") {
      isNegative = true
      position += 1
    } else if position < bytes.count, bytes[position] == UInt8(ascii: "+") {
      position += 1
    }
    guard position < bytes.count else { throw .malformed(quoted(bytes)) }
    // Larger exponents than this are out of range whatever the significand.
    let limit = 1_000_000
    var value = 0
    while position < bytes.count {
      guard let digit = bytes[position].decimalDigit else { throw .malformed(quoted(bytes)) }
      value = Swift.min(value * 10 + Int(digit), limit)
      position += 1
    }
    return isNegative ? -value : value
  }

  private static func quoted(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(DecimalError.longestQuotedText), as: UTF8.self)
    return bytes.count > DecimalError.longestQuotedText ? text + "…" : text
  }
}

extension UInt8 {
  /// The digit this ASCII character stands for, if it is one.
  var decimalDigit: UInt8? {
    let digit = self &- UInt8(ascii: "0")
    return digit < 10 ? digit : nil
  }
}
