import Core
import Postgres
public import RPC
import ServiceKit
public import TradingDomain

/// The reasons of this service's errors, as `ErrorInfo` states them.
enum Reason: String {
  case invalidRequest = "INVALID_REQUEST"
  case clientOrderIDTaken = "CLIENT_ORDER_ID_TAKEN"
  case noQuote = "NO_QUOTE"
  case riskLimitExceeded = "RISK_LIMIT_EXCEEDED"
  case orderNotFound = "ORDER_NOT_FOUND"
  case orderFinal = "ORDER_FINAL"
  case orderPending = "ORDER_PENDING"
  case orderAtBroker = "ORDER_AT_BROKER"
  case orderChanged = "ORDER_CHANGED"
  case quantityBelowFilled = "QUANTITY_BELOW_FILLED"
  case insufficientFunds = "INSUFFICIENT_FUNDS"
  case valueOutOfRange = "VALUE_OUT_OF_RANGE"
  case marketDataUnavailable = "MARKET_DATA_UNAVAILABLE"
  case outcomeUnknown = "OUTCOME_UNKNOWN"
  case stopping = "STOPPING"
  case notAnAccount = "NOT_AN_ACCOUNT"

  /// Whose reasons they are.
  static let domain = "trading.alphintra.com"
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
    self.init(
      .invalidArgument, .invalidRequest, fields, details: [.badRequest(violations)])
  }

  /// Nothing can be placed or amended before market data has been reached once.
  static let instrumentsUnknown = RPCError(
    .unavailable, .marketDataUnavailable,
    "the instruments are not known yet: market data cannot be reached")

  /// A stream ends because the service does.
  static let streamStopping = RPCError(
    .unavailable, .stopping, "the service is stopping: open the stream again for a new snapshot",
    cause: ServerStops())

  /// There is too little for what an order was to become; it is as it was.
  static func insufficientFunds(_ order: Order, _ shortage: FundsShortage) -> RPCError {
    RPCError(
      .failedPrecondition, .insufficientFunds, "\(shortage)",
      metadata: [
        "order_id": order.id.rawValue, "asset": shortage.asset.rawValue,
        "requested": shortage.requested.description, "available": shortage.available.description,
      ])
  }

  /// What someone else's order looks like, and one that is not there.
  static func orderNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .orderNotFound, "you have no order \(id.quotedBriefly)")
  }
}

extension PlaceOrderRejection: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    switch self {
    case .invalid(let violations):
      RPCError(violations: violations.map(\.fieldViolation))
    case .noQuote(let symbol):
      RPCError(
        .failedPrecondition, .noQuote,
        "\(symbol) has not been quoted yet: a MARKET order cannot be valued",
        metadata: ["symbol": symbol.rawValue])
    case .risk(let risk): risk.rpcError
    }
  }
}

extension RiskRejection: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    RPCError(
      .failedPrecondition, .riskLimitExceeded, "\(self)",
      metadata: [
        "limit": limit.rawValue, "value": value.description,
        "requested": requested.description, "headroom": headroom.description,
      ])
  }
}

extension AmendOrderRejection: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    switch self {
    case .invalid(let violations): RPCError(violations: violations.map(\.fieldViolation))
    case .final(let state):
      RPCError(.aborted, .orderFinal, "\(self)", metadata: ["status": state.rawValue])
    case .pending(let state):
      RPCError(.aborted, .orderPending, "\(self)", metadata: ["status": state.rawValue])
    case .atBroker(let connection):
      RPCError(
        .aborted, .orderAtBroker, "\(self)", metadata: ["connection_id": connection.rawValue])
    case .changed(let version, let asked):
      RPCError(
        .aborted, .orderChanged, "\(self)",
        metadata: ["field": "version", "value": "\(asked)", "version": "\(version)"])
    case .belowFilled(let quantity, let filled):
      RPCError(
        .aborted, .quantityBelowFilled, "\(self)",
        metadata: [
          "field": "quantity", "value": quantity.description, "filled": filled.description,
        ])
    case .risk(let risk): risk.rpcError
    }
  }
}

extension PlaceOrderViolation {
  /// The field in the contract's words, the rule as a constant, and both as a sentence.
  var fieldViolation: FieldViolation {
    let (field, reason) =
      switch self {
      case .clientOrderIDMalformed: ("client_order_id", "MALFORMED")
      case .symbolUnknown: ("symbol", "UNKNOWN")
      case .sideMissing: ("side", "REQUIRED")
      case .typeMissing: ("type", "REQUIRED")
      case .quantityMissing: ("quantity", "REQUIRED")
      case .quantityNotPositive: ("quantity", "MUST_BE_POSITIVE")
      case .quantityNotMultipleOfLot: ("quantity", "NOT_A_MULTIPLE_OF_LOT_SIZE")
      case .limitPriceMissing: ("limit_price", "REQUIRED")
      case .limitPriceNotAllowed: ("limit_price", "NOT_ALLOWED")
      case .limitPriceNotPositive: ("limit_price", "MUST_BE_POSITIVE")
      case .limitPriceOffIncrement: ("limit_price", "NOT_A_MULTIPLE_OF_PRICE_INCREMENT")
      }
    return FieldViolation(field: field, description: "\(self)", reason: reason)
  }
}

extension CancelOrderRejection: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    switch self {
    case .final(let state):
      RPCError(.aborted, .orderFinal, "\(self)", metadata: ["status": state.rawValue])
    }
  }
}

extension PostgresError {
  /// An unknown outcome as the caller sees it, with the way to learn it.
  func unknownOutcome(howToFindOut: String, metadata: [String: String] = [:]) -> RPCError {
    RPCError(
      .unknown, .outcomeUnknown,
      "whether the request was carried out is not known: \(howToFindOut)",
      metadata: metadata, cause: self)
  }
}
