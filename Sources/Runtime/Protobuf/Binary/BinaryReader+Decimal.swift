public import Core

extension BinaryReader {
  /// A field of type `alphintra.type.Decimal`, a message with one string.
  ///
  /// Fields the type does not know are dropped: the number has no place for them. A decimal
  /// without text is malformed, not zero.
  public mutating func decimal(_ value: inout Decimal?) throws(BinaryDecodingError) {
    let outerEnd = try enter()
    while position < end {
      let start = position
      let tag = try tag()
      if tag == 1 << 3 | WireType.lengthDelimited {
        value = try decimalText()
      } else {
        position = start
        try skipField()
      }
    }
    end = outerEnd
    guard value != nil else { throw BinaryDecodingError(.invalidDecimal(.malformed(""))) }
  }

  /// An element of a repeated field or a map, or a member of a oneof.
  public mutating func decimal() throws(BinaryDecodingError) -> Decimal {
    var value: Decimal?
    try decimal(&value)
    return value ?? .zero
  }

  private mutating func decimalText() throws(BinaryDecodingError) -> Decimal {
    let count = try length()
    let text = UnsafeBufferPointer(
      start: position.assumingMemoryBound(to: UInt8.self), count: count)
    position += count
    do throws(DecimalError) {
      return try Decimal(utf8: text)
    } catch {
      throw BinaryDecodingError(.invalidDecimal(error))
    }
  }
}
