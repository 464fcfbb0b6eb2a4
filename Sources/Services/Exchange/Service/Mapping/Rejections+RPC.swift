import Core
public import ExchangeDomain
public import RPC
import ServiceKit

/// The reasons of this service's errors, as `ErrorInfo` states them.
enum Reason: String {
  case invalidRequest = "INVALID_REQUEST"
  case requestTooLate = "REQUEST_TOO_LATE"
  case duplicateClientOrderID = "DUPLICATE_CLIENT_ORDER_ID"
  case orderNotFound = "ORDER_NOT_FOUND"
  case sequenceUnknown = "SEQUENCE_UNKNOWN"
  case marketDataUnavailable = "MARKET_DATA_UNAVAILABLE"
  case stopping = "STOPPING"

  /// Whose reasons they are.
  static let domain = "exchange.alphintra.com"
}

extension RPCError {
  init(
    _ code: StatusCode, _ reason: Reason, _ message: String, metadata: [String: String] = [:],
    details: [ErrorDetail] = [], cause: (any Error)? = nil
  ) {
    let info = ErrorDetail.errorInfo(
      reason: reason.rawValue, domain: Reason.domain, metadata: metadata)
    self.init(code, message, details: [info] + details, cause: cause)
  }

  /// INVALID_ARGUMENT with every wrong field.
  init(violations: [FieldViolation]) {
    let fields = violations.map { "\($0.field): \($0.description)" }.joined(separator: "; ")
    self.init(.invalidArgument, .invalidRequest, fields, details: [.badRequest(violations)])
  }

  /// Nothing can be taken before market data has been reached once: it says what there is.
  static let instrumentsUnknown = RPCError(
    .unavailable, .marketDataUnavailable,
    "the instruments are not known yet: market data cannot be reached")

  /// A stream ends because the service does.
  static let streamStopping = RPCError(
    .unavailable, .stopping,
    "the service is stopping: open the stream again after the last report that came",
    cause: ServerStops())

  /// An order that is not there, or is another account's.
  static func orderNotFound(_ id: String, of account: AccountName) -> RPCError {
    RPCError(
      .notFound, .orderNotFound, "the account \(account) has no order \(id.quotedBriefly)",
      metadata: ["account": account.rawValue])
  }

  /// A reader knows of a report that the exchange does not: one of the two has lost its memory.
  static func sequenceUnknown(
    _ sequence: Int64, latest: Int64, of account: AccountName
  ) -> RPCError {
    RPCError(
      .outOfRange, .sequenceUnknown,
      "after_sequence must be at most \(latest), the last report of \(account), not \(sequence)",
      metadata: [
        "field": "after_sequence", "value": "\(sequence)", "latest": "\(latest)",
      ])
  }
}

extension SubmitOrderRejection: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    switch self {
    case .tooLate(let receiveUntil, let now):
      RPCError(
        .failedPrecondition, .requestTooLate, "\(self)",
        metadata: ["receive_until": "\(receiveUntil)", "now": "\(now)"])
    case .duplicate(let name, let id):
      RPCError(
        .alreadyExists, .duplicateClientOrderID, "\(self)",
        metadata: ["client_order_id": name.rawValue, "exchange_order_id": id.rawValue])
    }
  }
}
