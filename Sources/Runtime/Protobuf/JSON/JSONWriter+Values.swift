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

  /// Writes the name of an enum's number, or the number if it has none or the options ask for numbers.
  @usableFromInline mutating func enumeration(_ number: Int32, _ names: EnumNames) {
    guard !options.printingEnumsAsIntegers, let name = names.json(number) else {
      return integer(number)
    }
    reserve(name.utf8CodeUnitCount + 2)
    put(UInt8(ascii: "\""))
    put(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    put(UInt8(ascii: "\""))
  }

  private mutating func write(escaping bytes: UnsafeBufferPointer<UInt8>) {
    // Words are stored whole, so up to seven bytes more than are kept.
    let margin = 2 + 8
    reserve(bytes.count + margin)
    put(UInt8(ascii: "\""))
    let source = UnsafeRawPointer(bytes.baseAddress)
    var index = 0
    while let source, index < bytes.count {
      let count = min(bytes.count - index, 8)
      let word = count == 8 ? (source + index).word : (source + index).word(of: count)
      let stops = word.bytesThatEndPlainText
      let plain = min(stops.trailingZeroBitCount &>> 3, count)
      output.position.storeBytes(of: word.littleEndian, as: UInt64.self)
      output.position += plain
      index += plain
      if plain < count {
        reserve(6 + bytes.count - index + margin)
        escape(bytes[index])
        index += 1
      }
    }
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
  @usableFromInline mutating func integer<T: FixedWidthInteger>(_ value: T) {
    reserve(Self.maximumIntegerSize)
    put(digitsOf: value)
  }

  /// Writes an integer as a string.
  @usableFromInline mutating func quotedInteger<T: FixedWidthInteger>(_ value: T) {
    reserve(Self.maximumIntegerSize)
    put(UInt8(ascii: "\""))
    put(digitsOf: value)
    put(UInt8(ascii: "\""))
  }

  /// A sign, 20 digits that are stored as three words, and two quotation marks.
  private static let maximumIntegerSize = 1 + 3 * 8 + 2

  @inline(__always)
  private mutating func put<T: FixedWidthInteger>(digitsOf value: T) {
    if value < 0 { put(UInt8(ascii: "-")) }
    let magnitude = UInt64(value.magnitude)
    var position = output.position
    if magnitude < 100_000_000 {
      position.storeDigits(magnitude)
    } else if magnitude < 10_000_000_000_000_000 {
      position.storeDigits(magnitude / 100_000_000)
      position.storeEightDigits(magnitude % 100_000_000)
    } else {
      let head = magnitude / 100_000_000
      position.storeDigits(head / 100_000_000)
      position.storeEightDigits(head % 100_000_000)
      position.storeEightDigits(magnitude % 100_000_000)
    }
    output.position = position
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

extension UInt8 {
  fileprivate var hexDigit: UInt8 {
    self < 10 ? UInt8(ascii: "0") + self : UInt8(ascii: "a") + self - 10
  }
}
