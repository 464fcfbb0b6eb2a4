/// What `Timestamp` and `Duration` have in common: the same two fields.
enum SecondsAndNanos {
  static let nanosPerSecond: Int32 = 1_000_000_000

  static let fields = FieldNames([
    .field(1, "seconds", "seconds"),
    .field(2, "nanos", "nanos"),
  ])

  static func merge(
    _ seconds: inout Int64, _ nanos: inout Int32, _ unknownFields: inout UnknownFields,
    from reader: inout BinaryReader
  ) throws(BinaryDecodingError) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 8: seconds = try reader.int64()
      case 16: nanos = try reader.int32()
      default: try reader.unknown(tag, into: &unknownFields)
      }
    }
  }

  static func size(_ seconds: Int64, _ nanos: Int32, _ unknownFields: UnknownFields) -> Int {
    var size = BinarySize(unknownFields)
    size.int64(1, seconds)
    size.int32(2, nanos)
    return size.total
  }

  static func encode(
    _ seconds: Int64, _ nanos: Int32, _ unknownFields: UnknownFields,
    into writer: inout BinaryWriter
  ) {
    writer.int64(1, seconds)
    writer.int32(2, nanos)
    writer.unknownFields(unknownFields)
  }

  /// A point and 3, 6 or 9 digits, or nothing.
  static func fraction(_ nanos: Int32) -> String {
    let magnitude = nanos.magnitude
    if magnitude == 0 { return "" }
    var (digits, width) = (magnitude, 9)
    while digits % 1000 == 0 { (digits, width) = (digits / 1000, width - 3) }
    let text = String(digits)
    return "." + String(repeating: "0", count: width - text.count) + text
  }
}

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
