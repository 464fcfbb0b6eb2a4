/// A text as hexadecimal digits, which may stand in a URL as they are.
enum PageToken {
  /// The longest token that is read.
  static let maxLength = 1024

  static func token(of text: String) -> String {
    String(
      decoding: text.utf8.flatMap { byte in [digit(byte >> 4), digit(byte & 15)] },
      as: UTF8.self)
  }

  /// The text of a token; nil unless ``token(of:)`` could have made it.
  static func text(of token: String) -> String? {
    let digits = Array(token.utf8)
    guard digits.count <= maxLength, digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
