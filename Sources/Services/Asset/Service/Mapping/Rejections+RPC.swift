public import AssetDomain
import Core
public import RPC
import ServiceKit

/// The reasons of this service's errors, as `ErrorInfo` states them.
enum Reason: String {
  case invalidRequest = "INVALID_REQUEST"
  case insufficientFunds = "INSUFFICIENT_FUNDS"
  case reservationExists = "RESERVATION_EXISTS"
  case reservationClosed = "RESERVATION_CLOSED"
  case reservationUnknown = "RESERVATION_UNKNOWN"
  case reservationExceeded = "RESERVATION_EXCEEDED"
  case totalBelowCaptured = "TOTAL_BELOW_CAPTURED"
  case tradeSettled = "TRADE_SETTLED"
  case feeExceedsAmount = "FEE_EXCEEDS_AMOUNT"
  case referenceTaken = "DEPOSIT_REFERENCE_TAKEN"
  case amountOutOfRange = "AMOUNT_OUT_OF_RANGE"
  case stopping = "STOPPING"
  case notAnAccount = "NOT_AN_ACCOUNT"

  /// Whose reasons they are.
  static let domain = "asset.alphintra.com"
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
}

extension FundsRejection: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    let (code, reason, metadata) = told
    return RPCError(code, reason, "\(self)", metadata: metadata)
  }

  private var told: (StatusCode, Reason, [String: String]) {
    switch self {
    case .insufficientFunds(let asset, let requested, let available):
      (
        .failedPrecondition, .insufficientFunds,
        [
          "asset": asset.rawValue, "requested": requested.description,
          "available": available.description,
        ]
      )
    case .reservationExists(let order):
      (.alreadyExists, .reservationExists, ["order_id": order.rawValue])
    case .reservationClosed(let order):
      (.failedPrecondition, .reservationClosed, ["order_id": order.rawValue])
    case .reservationUnknown(let order):
      (.notFound, .reservationUnknown, ["order_id": order.rawValue])
    case .exceedsReservation(let money, let held):
      (
        .failedPrecondition, .reservationExceeded,
        [
          "asset": money.asset.rawValue, "requested": money.amount.description,
          "held": held.description,
        ]
      )
    case .belowCaptured(let total, let captured):
      (
        .failedPrecondition, .totalBelowCaptured,
        ["total": total.description, "captured": captured.description]
      )
    case .tradeSettled(let trade):
      (.alreadyExists, .tradeSettled, ["trade_id": trade.rawValue])
    case .feeExceeds(let fee):
      (.invalidArgument, .feeExceedsAmount, ["fee": fee.amount.description])
    case .referenceTaken(let deposit):
      (.alreadyExists, .referenceTaken, ["deposit_id": deposit.rawValue])
    case .outOfRange(let asset):
      (.outOfRange, .amountOutOfRange, ["asset": asset.rawValue])
    }
  }
}
