import RPC

/// How what this service refuses looks to its callers; the reasons are part of the contract.
///
/// | reason | status | what would help |
/// |---|---|---|
/// | `INVALID_REQUEST` | INVALID_ARGUMENT | other values in the fields that `BadRequest` names |
/// | `SYMBOL_UNKNOWN` | NOT_FOUND | a symbol of ListInstruments |
/// | `NO_QUOTE_YET` | NOT_FOUND | time: the quote has not been made |
/// | `QUOTE_NOT_KEPT` | NOT_FOUND | nothing: the quote is older than those kept |
/// | `STOPPING` | UNAVAILABLE | to subscribe again, to another replica |
enum MarketDataErrors {
  /// The domain of the reasons.
  static let domain = "marketdata.alphintra.com"

  static func error(
    _ code: StatusCode, _ reason: String, _ message: String, _ metadata: [String: String] = [:],
    further: [ErrorDetail] = [], cause: (any Error)? = nil
  ) -> RPCError {
    RPCError(
      code, message,
      details: [.errorInfo(reason: reason, domain: domain, metadata: metadata)] + further,
      cause: cause)
  }

  /// A field that breaks a rule.
  ///
  /// - Parameters:
  ///   - reason: the rule as a constant.
  ///   - rule: the rule and the value that broke it, to stand after the field's name.
  static func invalid(_ field: String, _ reason: String, _ rule: String) -> RPCError {
    invalid([FieldViolation(field: field, description: rule, reason: reason)])
  }

  /// All the fields that break rules.
  static func invalid(_ violations: [FieldViolation]) -> RPCError {
    let fields = violations.map { "\($0.field) \($0.description)" }.joined(separator: "; ")
    return error(
      .invalidArgument, "INVALID_REQUEST", fields, further: [.badRequest(violations)])
  }

  static func symbolUnknown(_ symbol: String) -> RPCError {
    error(.notFound, "SYMBOL_UNKNOWN", "there is no symbol \(symbol)", ["symbol": symbol])
  }

  static func noQuoteYet(_ symbol: String, latest: Int64) -> RPCError {
    error(
      .notFound, "NO_QUOTE_YET",
      latest == 0
        ? "\(symbol) has not been quoted yet"
        : "\(symbol) has been quoted up to sequence \(latest) only",
      ["symbol": symbol, "latest_sequence": "\(latest)"])
  }

  static func quoteNotKept(_ symbol: String, sequence: Int64) -> RPCError {
    error(
      .notFound, "QUOTE_NOT_KEPT", "quote \(sequence) of \(symbol) is not kept any more",
      ["symbol": symbol, "sequence": "\(sequence)"])
  }

  static let stopping = error(
    .unavailable, "STOPPING", "this replica stops: subscribe again", cause: ServerStops())
}
