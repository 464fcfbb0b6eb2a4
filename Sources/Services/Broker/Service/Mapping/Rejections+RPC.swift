public import BrokerDomain
import Core
public import RPC

/// The reasons of this service's errors, as `ErrorInfo` states them.
enum Reason: String {
  case invalidRequest = "INVALID_REQUEST"
  case orderTermsDiffer = "ORDER_TERMS_DIFFER"
  case orderNotRouted = "ORDER_NOT_ROUTED"

  /// Whose reasons they are.
  static let domain = "broker.alphintra.com"
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

  /// No order of this name has arrived.
  static func orderNotRouted(_ id: ClientOrderID) -> RPCError {
    RPCError(
      .notFound, .orderNotRouted, "no order \(id) has arrived",
      metadata: ["client_order_id": id.rawValue])
  }
}

extension TermsDiffer: RPCErrorConvertible {
  /// The rejection as the caller sees it.
  public var rpcError: RPCError {
    RPCError(
      .alreadyExists, .orderTermsDiffer, "\(self)",
      metadata: ["client_order_id": id.rawValue, "field": field])
  }
}
