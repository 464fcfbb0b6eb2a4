internal import Core

extension JSONWriter {
  /// Writes a string, escaping what JSON demands.
  public mutating func text(_ text: String) {
    let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { write(escaping: $0) }
    if isWritten == nil {
      var text = text
      text.withUTF8 { write(escaping: $0) }
    }
  }

  /// Writes a string that needs no escapes: digits, names of the contract.
  @usableFromInline mutating func plainText(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      reserve(bytes.count + 2)
      put(UInt8(ascii: "\""))
      put(bytes)
      put(UInt8(ascii: "\""))
    }
  }

  private mutating func write(escaping bytes: UnsafeBufferPointer<UInt8>) {
    reserve(bytes.count + 2)
    put(UInt8(ascii: "\""))
    var copied = 0
    for index in bytes.indices where bytes[index].needsEscape {
      put(UnsafeBufferPointer(rebasing: bytes[copied..<index]))
      copied = index + 1
      // The escape, what is left and the closing quote.
      reserve(6 + bytes.count - copied + 1)
      escape(bytes[index])
    }
    put(UnsafeBufferPointer(rebasing: bytes[copied...]))
    put(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    put(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
    case 0x08: put(UInt8(ascii: "b"))
    case 0x09: put(UInt8(ascii: "t"))
    case 0x0a: put(UInt8(ascii: "n"))
    case 0x0c: put(UInt8(ascii: "f"))
    case 0x0d: put(UInt8(ascii: "r"))
    default:
      put(UInt8(ascii: "u"))
      put(UInt8(ascii: "0"))
      put(UInt8(ascii: "0"))
      put(UInt8(ascii: "0") + byte >> 4)
      put((byte & 15).hexDigit)
    }
  }

  /// Writes an integer as a number.
  @usableFromInline mutating func integer(_ value: some FixedWidthInteger) {
    // Twenty characters hold every integer of 64 bits, its sign included.
    write(atMost: 20) { target in digits(of: Int128(value), to: target) }
  }

  /// Writes an integer as a string.
  @usableFromInline mutating func quotedInteger(_ value: some FixedWidthInteger) {
    write(atMost: 22) { target in
      target[0] = UInt8(ascii: "\"")
      let count = digits(of: Int128(value), to: target + 1)
      target[count + 1] = UInt8(ascii: "\"")
      return count + 2
    }
  }

  /// Writes the shortest number that reads back the same; what is none, as a string.
  mutating func floatingPoint<T: BinaryFloatingPoint & CustomStringConvertible>(_ value: T) {
    if value.isNaN { return literal("\"NaN\"") }
    if value.isInfinite { return literal(value < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
    var text = value.description
    text.withUTF8 { bytes in
      // Swift prints `1.0`; the fraction says nothing to JSON.
      let isWhole = bytes.count > 2 && bytes.suffix(2).elementsEqual(".0".utf8)
      reserve(bytes.count)
      put(UnsafeBufferPointer(rebasing: bytes.dropLast(isWhole ? 2 : 0)))
    }
  }

  /// Writes a decimal as a string.
  mutating func decimal(_ value: Decimal) {
    write(atMost: Decimal.maxUTF8Count + 2) { target in
      target[0] = UInt8(ascii: "\"")
      let count = value.write(to: target + 1)
      target[count + 1] = UInt8(ascii: "\"")
      return count + 2
    }
  }

  /// Writes bytes in base64 with padding.
  mutating func base64(_ bytes: [UInt8]) {
    let count = Base64.encodedCount(bytes.count)
    reserve(count + 2)
    put(UInt8(ascii: "\""))
    write(atMost: count) { target in Base64.encode(bytes, to: target) }
    byte(UInt8(ascii: "\""))
  }
}

/// Writes the decimal digits of a value of at most 64 bits and returns how many characters.
private func digits(of value: Int128, to target: UnsafeMutablePointer<UInt8>) -> Int {
  var rest = UInt64(truncatingIfNeeded: value.magnitude)
  var count = 1
  var bound: UInt64 = 10
  while rest >= bound {
    count += 1
    let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
    if overflow { break }
    bound = next
  }
  var first = target
  if value < 0 {
    target[0] = UInt8(ascii: "-")
    first = target + 1
  }
  for index in stride(from: count - 1, through: 0, by: -1) {
    let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
    first[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
    rest = quotient
  }
  return count + (value < 0 ? 1 : 0)
}

extension UInt8 {
  fileprivate var needsEscape: Bool {
    self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
  }

  fileprivate var hexDigit: UInt8 {
    self < 10 ? UInt8(ascii: "0") + self : UInt8(ascii: "a") + self - 10
  }
}
