/// Where a page ended, as an opaque text that may stand in a URL: hexadecimal digits.
enum PageToken {
  /// The longest token read, in characters.
  static let maxLength = 256
  private static let separator: Character = "|"

  /// The token of some texts, none of which has a vertical bar.
  static func make(_ parts: String...) -> String {
    let digits = Array("0123456789abcdef")
    return String(
      parts.joined(separator: String(separator)).utf8.flatMap {
        [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
      })
  }

  /// The texts of a token; nil unless ``make(_:)`` could have made it of `count` texts.
  static func read(_ token: String, count: Int) -> [Substring]? {
    let digits = Array(token.utf8)
    guard !digits.isEmpty, digits.count <= maxLength, digits.count.isMultiple(of: 2) else {
      return nil
    }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    return parts.count == count ? parts : nil
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
