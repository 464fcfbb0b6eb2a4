import MarketDataDomain
import RPC
import ServiceKit

/// How fields of requests are read.
enum Requests {
  /// A symbol that has the form of one, known or not.
  static func symbol(_ text: String, field: String) throws(RPCError) -> Symbol {
    guard let symbol = Symbol(text) else {
      throw MarketDataErrors.invalid(
        field, text.isEmpty ? "REQUIRED" : "MALFORMED",
        "must be 1 to \(Symbol.maxLength) upper-case letters, digits, dots or dashes, "
          + "got \(text.quotedBriefly)")
    }
    return symbol
  }
}
