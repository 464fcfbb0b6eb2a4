/// Why a text of a URL cannot be decoded.
public enum PercentDecodingError: Error, Hashable {
  /// A `%` without two hexadecimal digits behind it.
  case incompleteEncoding
  /// The decoded bytes are no UTF-8.
  case invalidUTF8
  /// U+0000, which no field may carry.
  case nullCharacter
}

extension PercentDecodingError: CustomStringConvertible {
  /// The rule that is broken.
  public var description: String {
    switch self {
    case .incompleteEncoding: "% is followed by two hexadecimal digits"
    case .invalidUTF8: "the decoded text is UTF-8"
    case .nullCharacter: "the decoded text holds no U+0000"
    }
  }
}

/// Percent-decoding (RFC 3986 section 2.1) for paths and for queries.
enum PercentDecoding {
  /// Decodes a segment of a path, where `+` is itself.
  static func path(
    _ bytes: some Collection<UInt8>, keepingSlashes: Bool = false
  ) throws(PercentDecodingError) -> String {
    try decode(bytes, plusIsSpace: false, keepingSlashes: keepingSlashes)
  }

  /// Decodes a name or a value of a query, where `+` is a space (the form encoding of WHATWG URL).
  static func query(_ bytes: some Collection<UInt8>) throws(PercentDecodingError) -> String {
    try decode(bytes, plusIsSpace: true, keepingSlashes: false)
  }

  private static func decode(
    _ bytes: some Collection<UInt8>, plusIsSpace: Bool, keepingSlashes: Bool
  ) throws(PercentDecodingError) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      var byte = bytes[index]
      bytes.formIndex(after: &index)
      if byte == UInt8(ascii: "+"), plusIsSpace {
        byte = UInt8(ascii: " ")
      } else if byte == UInt8(ascii: "%") {
        let digits = bytes[index...].prefix(2)
        guard digits.count == 2, let first = digits.first.flatMap(hexadecimal),
          let second = digits.dropFirst().first.flatMap(hexadecimal)
        else { throw .incompleteEncoding }
        index = digits.endIndex
        byte = first << 4 | second
        if byte == UInt8(ascii: "/"), keepingSlashes {
          decoded.append(UInt8(ascii: "%"))
          decoded.append(contentsOf: digits)
          continue
        }
      }
      guard byte != 0 else { throw .nullCharacter }
      decoded.append(byte)
    }
    guard let text = String(validating: decoded, as: UTF8.self) else { throw .invalidUTF8 }
    return text
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// The characters of a path's segment (RFC 3986 section 3.3, `pchar`), without percent-encodings.
enum PathCharacters {
  static func isAllowed(_ byte: UInt8) -> Bool {
    byte < 128 && table[Int(byte)]
  }

  private static let table: [Bool] = {
    var table = [Bool](repeating: false, count: 128)
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    for byte in (letters + "-._~!$&'()*+,;=:@").utf8 { table[Int(byte)] = true }
    return table
  }()
}
