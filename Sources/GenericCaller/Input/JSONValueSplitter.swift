/// Finds where one JSON value ends and the next begins in text that comes in pieces.
///
/// Values stand one behind the other, with any blanks between them or none. What is no JSON is passed
/// on as it stands, for the reader of the value to refuse.
struct JSONValueSplitter {
  private enum Place {
    case between
    case container(depth: Int)
    case string
    case bare
  }

  private let maximumSize: Int
  private var bytes: [UInt8] = []
  /// What has been looked at.
  private var position = 0
  private var start = 0
  private var place = Place.between
  private var isInString = false
  private var isEscaped = false

  /// - Parameter maximumSize: how many bytes one value may have.
  init(maximumSize: Int) { self.maximumSize = maximumSize }

  /// Takes the next piece of the text.
  mutating func append(_ piece: [UInt8]) {
    bytes.removeFirst(start)
    position -= start
    start = 0
    bytes += piece
  }

  /// The next value that is complete; nil until more has come.
  mutating func next() throws(ValueTooLong) -> [UInt8]? {
    while position < bytes.count {
      let byte = bytes[position]
      switch place {
      case .between:
        position += 1
        if Self.isBlank(byte) { start = position } else { begin(byte) }
      case .container(let depth):
        position += 1
        if let value = inContainer(byte, depth) { return value }
      case .string:
        position += 1
        if endsString(byte) { return take() }
      case .bare:
        if Self.isBlank(byte) || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
          return take()
        }
        position += 1
      }
      guard position - start <= maximumSize else { throw ValueTooLong(limit: maximumSize) }
    }
    return nil
  }

  /// What is left when no more comes: the last value, or what there is of it; nil if nothing.
  mutating func rest() -> [UInt8]? {
    if case .between = place { return nil }
    position = bytes.count
    return take()
  }

  private mutating func begin(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): place = .container(depth: 1)
    case UInt8(ascii: "\""): place = .string
    default: place = .bare
    }
  }

  private mutating func inContainer(_ byte: UInt8, _ depth: Int) -> [UInt8]? {
    if isInString {
      isInString = !endsString(byte)
      return nil
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): place = .container(depth: depth + 1)
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth == 1 { return take() }
      place = .container(depth: depth - 1)
    default: break
    }
    return nil
  }

  private mutating func endsString(_ byte: UInt8) -> Bool {
    if isEscaped {
      isEscaped = false
      return false
    }
    isEscaped = byte == UInt8(ascii: "\\")
    return byte == UInt8(ascii: "\"")
  }

  private mutating func take() -> [UInt8] {
    defer {
      start = position
      place = .between
      isInString = false
      isEscaped = false
    }
    return Array(bytes[start..<position])
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }
}

/// A value of more bytes than a message may have.
struct ValueTooLong: Error {
  let limit: Int
}
