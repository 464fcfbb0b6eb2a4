import MarketDataDomain
import RPC

/// How fields of requests are read.
enum Requests {
  /// What 0 stands for.
  static let defaultPageSize = 100
  /// What larger sizes stand for.
  static let maxPageSize = 1_000
  /// The longest value that an error repeats, in characters.
  private static let shownLength = 64

  /// How many entries a page may have.
  static func pageSize(_ value: Int32) throws(RPCError) -> Int {
    guard value >= 0 else {
      throw MarketDataErrors.invalid("page_size", "NEGATIVE", "must not be negative, got \(value)")
    }
    return value == 0 ? defaultPageSize : min(Int(value), maxPageSize)
  }

  /// A symbol that has the form of one, known or not.
  static func symbol(_ text: String, field: String) throws(RPCError) -> Symbol {
    guard let symbol = Symbol(text) else {
      throw MarketDataErrors.invalid(
        field, text.isEmpty ? "REQUIRED" : "MALFORMED",
        "must be 1 to \(Symbol.maxLength) upper-case letters, digits, dots or dashes, "
          + "got \(shown(text))")
    }
    return symbol
  }

  /// The error of a page token that no page had.
  static func wrongPageToken(_ token: String) -> RPCError {
    MarketDataErrors.invalid(
      "page_token", "MALFORMED",
      "must be the next_page_token of a page of the same list, got \(shown(token))")
  }

  /// A text from outside, cut, in quotes.
  static func shown(_ text: String) -> String { "\"\(text.prefix(shownLength))\"" }
}
