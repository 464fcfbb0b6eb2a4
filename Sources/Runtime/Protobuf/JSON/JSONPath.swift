/// Finds out, once something is wrong, which field a place in a JSON text belongs to.
enum JSONPath {
  private enum Step {
    case field(String)
    case element(Int)
    /// Inside an object, before a name.
    case object
  }

  /// The path to the value at `offset`; the text before it has been read and is well-formed.
  static func path(to offset: Int, in text: UnsafeBufferPointer<UInt8>) -> String {
    var steps: [Step] = []
    var position = 0
    while position < offset {
      switch text[position] {
      case UInt8(ascii: "{"): steps.append(.object)
      case UInt8(ascii: "["): steps.append(.element(0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = steps.popLast()
      case UInt8(ascii: ","):
        switch steps.popLast() {
        case .element(let index): steps.append(.element(index + 1))
        case .field, .object: steps.append(.object)
        case nil: break
        }
      case UInt8(ascii: "\""):
        let close = endOfString(at: position, in: text)
        if case .object = steps.last, close < offset {
          steps.removeLast()
          steps.append(.field(quoted(text, position + 1..<close)))
        }
        position = close
      default: break
      }
      position += 1
    }
    return render(steps)
  }

  /// The start of the value or character at `offset`, for the reader of an error.
  static func token(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> String {
    guard offset < text.count else { return "the end" }
    var close = offset + 1
    if text[offset] == UInt8(ascii: "\"") {
      close = min(endOfString(at: offset, in: text) + 1, text.count)
    } else {
      while close < text.count, !isDelimiter(text[close]), !isDelimiter(text[offset]) {
        close += 1
      }
    }
    return quoted(text, offset..<close)
  }

  /// Whether a JSON value begins at `offset`.
  static func beginsValue(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard offset < text.count else { return false }
    switch text[offset] {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      return true
    default:
      let token = token(at: offset, in: text)
      return token == "true" || token == "false" || token == "null"
    }
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: ","), UInt8(ascii: ":"), 0...0x20:
      true
    default: false
    }
  }

  /// Where the string that opens at `position` closes, or the end of the text.
  private static func endOfString(
    at position: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var position = position + 1
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      position += text[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(position, text.count)
  }

  private static func render(_ steps: [Step]) -> String {
    var path = ""
    for (index, step) in steps.enumerated() {
      switch step {
      // What an `Any` holds stands beside the name of its type.
      case .field("@type") where index + 1 < steps.count: break
      case .field(let name): path += path.isEmpty ? name : "." + name
      case .element(let index): path += "[\(index)]"
      case .object: break
      }
    }
    return path
  }

  private static func quoted(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    let limit = JSONDecodingError.longestQuotedText
    let bytes = text[range].prefix(limit)
    return String(decoding: bytes, as: UTF8.self) + (range.count > limit ? "…" : "")
  }
}
