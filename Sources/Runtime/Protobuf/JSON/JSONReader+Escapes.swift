extension JSONReader {
  /// Undoes the escapes of a string whose first one is at `escape`.
  mutating func unescapedContent(
    from first: UnsafePointer<UInt8>, to escape: UnsafePointer<UInt8>
  ) throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    var close = escape
    while close < end, close.pointee != UInt8(ascii: "\"") {
      guard close.pointee >= 0x20 else {
        throw failure(.syntax(expected: "the rest of a string"), at: close)
      }
      close += close.pointee == UInt8(ascii: "\\") ? 2 : 1
    }
    guard close < end else { throw failure(.syntax(expected: "the rest of a string"), at: end) }
    // Every escape is longer than what it stands for.
    let target = scratch.memory(atLeast: close - first)
    target.update(from: first, count: escape - first)
    var count = escape - first
    var cursor = escape
    while cursor < close {
      let byte = cursor.pointee
      cursor += 1
      if byte == UInt8(ascii: "\\") {
        guard let scalar = escapedScalar(&cursor, before: close) else {
          throw failure(.invalidEscape, at: first - 1)
        }
        for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          target[count] = unit
          count += 1
        }
      } else {
        target[count] = byte
        count += 1
      }
    }
    position = close + 1
    return UnsafeBufferPointer(start: target, count: count)
  }

  private func escapedScalar(
    _ cursor: inout UnsafePointer<UInt8>, before close: UnsafePointer<UInt8>
  ) -> Unicode.Scalar? {
    let byte = cursor.pointee
    cursor += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: return nil
    }
    guard let unit = hexadecimal(&cursor, before: close) else { return nil }
    guard unit & 0xfc00 == 0xd800 else { return Unicode.Scalar(unit) }
    // The first half of a pair: the second must follow at once (RFC 8259 section 7).
    guard close - cursor >= 2, cursor[0] == UInt8(ascii: "\\"), cursor[1] == UInt8(ascii: "u")
    else { return nil }
    cursor += 2
    guard let low = hexadecimal(&cursor, before: close), low & 0xfc00 == 0xdc00 else { return nil }
    return Unicode.Scalar(0x10000 + (unit & 0x3ff) << 10 + low & 0x3ff)
  }

  private func hexadecimal(
    _ cursor: inout UnsafePointer<UInt8>, before close: UnsafePointer<UInt8>
  ) -> UInt32? {
    guard close - cursor >= 4 else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = cursor.pointee
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
      cursor += 1
    }
    return value
  }
}

/// Memory for a string whose escapes were undone, used again for the next one.
final class Scratch {
  private var start: UnsafeMutablePointer<UInt8>?
  private var capacity = 0

  deinit { start?.deallocate() }

  func memory(atLeast count: Int) -> UnsafeMutablePointer<UInt8> {
    if let start, capacity >= count { return start }
    start?.deallocate()
    capacity = max(count, capacity * 2)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    start = memory
    return memory
  }
}
