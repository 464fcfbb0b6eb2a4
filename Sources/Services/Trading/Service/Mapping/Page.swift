import Core
import RPC
import TradingDomain

/// One page of a list: how much is asked for, and where it starts.
///
/// A token names the list, its filters and the last item of the page before. Its text is opaque to
/// callers; one that was made for other filters is refused, since the page would not be the next.
struct Page {
  /// The most items of the page.
  let size: Int
  /// The key of the last item before the page; nil for the first page.
  let after: String?
  private let prefix: String

  /// The largest page of any list.
  static let maxSize = 500
  /// The longest token that is read.
  static let maxTokenLength = 1024

  /// Reads a request's size and token, and notes what is wrong with them.
  ///
  /// - Parameters:
  ///   - list: the list's name and filters, which the token must have been made for.
  ///   - fallback: the size when none is asked for.
  init(
    size: Int32, token: String, of list: [String], default fallback: Int,
    _ violations: inout [FieldViolation]
  ) {
    if size < 0 {
      violations.append(
        FieldViolation(
          field: "page_size", description: "\(size) is negative", reason: "MUST_NOT_BE_NEGATIVE"))
    }
    self.size = size <= 0 ? fallback : min(Int(size), Self.maxSize)
    prefix = list.joined(separator: "\n") + "\n"
    guard !token.isEmpty else {
      after = nil
      return
    }
    after = Self.text(token).flatMap { [prefix] text in
      text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }
    if after == nil { violations.append(.malformedPageToken) }
  }

  /// Takes a page of what was read with ``readLimit``, and makes the token of the next.
  func cut<Item>(_ items: [Item], key: (Item) -> String) -> (items: [Item], nextToken: String) {
    guard items.count > size, size > 0 else { return (items, "") }
    let page = Array(items.prefix(size))
    return (page, Self.token(prefix + key(page[size - 1])))
  }

  /// One more than the page has: whether there is a next page is known without asking again.
  var readLimit: Int { size + 1 }

  private static func token(_ text: String) -> String {
    String(
      decoding: text.utf8.flatMap { byte in [digit(byte >> 4), digit(byte & 15)] },
      as: UTF8.self)
  }

  private static func text(_ token: String) -> String? {
    guard token.utf8.count <= maxTokenLength, token.utf8.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for byte in token.utf8 {
      guard let value = value(byte) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
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

extension FieldViolation {
  /// A token that was not made by the list it is used for.
  static let malformedPageToken = FieldViolation(
    field: "page_token", description: "is not a token that this list has given",
    reason: "MALFORMED")
}

extension Symbol {
  /// Reads a filter by symbol, nil for all symbols.
  ///
  /// Any name may be asked for; one that cannot be a symbol is noted.
  static func filter(_ text: String, _ violations: inout [FieldViolation]) -> Symbol? {
    guard !text.isEmpty else { return nil }
    guard (try? Symbol(validating: text)) != nil else {
      violations.append(
        FieldViolation(
          field: "symbol",
          description: "is not 1 to \(maxUTF8Count) visible ASCII characters",
          reason: "MALFORMED"))
      return nil
    }
    return Symbol(rawValue: text)
  }
}
