/// Walks over a short ASCII text of fixed shape.
struct TextScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { position == text.count }

  /// Passes a character if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < text.count, UInt32(text[position]) == character.value else { return false }
    position += 1
    return true
  }

  /// A number of exactly `count` digits.
  mutating func digits(_ count: Int) -> Int64? {
    let start = position
    guard let value = digits(atMost: count), position - start == count else { return nil }
    return value
  }

  /// A number of 1 to `count` digits.
  mutating func digits(atMost count: Int) -> Int64? {
    let start = position
    var value: Int64 = 0
    while position < text.count, position - start < count, text[position].isDigit {
      value = value * 10 + Int64(text[position] - UInt8(ascii: "0"))
      position += 1
    }
    return position == start ? nil : value
  }

  /// A point and 1 to 9 digits as nanoseconds; zero if there is no point.
  mutating func nanos() -> Int32? {
    guard skip(".") else { return 0 }
    let start = position
    guard var value = digits(atMost: 9) else { return nil }
    for _ in (position - start)..<9 { value *= 10 }
    return Int32(value)
  }
}

/// Writes a short ASCII text of fixed shape to memory with room for it.
struct TextPrinter {
  private let start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  init(_ start: UnsafeMutablePointer<UInt8>) { self.start = start }

  /// Appends an ASCII character.
  mutating func character(_ character: Unicode.Scalar) {
    start[count] = UInt8(truncatingIfNeeded: character.value)
    count += 1
  }

  /// Appends exactly `width` digits of a number that is not negative.
  mutating func digits(_ value: Int64, _ width: Int) {
    var rest = UInt64(truncatingIfNeeded: value)
    for index in stride(from: count + width - 1, through: count, by: -1) {
      start[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += width
  }

  /// Appends a point and 3, 6 or 9 digits; nothing for zero.
  mutating func fraction(_ nanos: Int32) {
    if nanos == 0 { return }
    var (value, width) = (Int64(nanos.magnitude), 9)
    while value % 1000 == 0 { (value, width) = (value / 1000, width - 3) }
    character(".")
    digits(value, width)
  }
}
