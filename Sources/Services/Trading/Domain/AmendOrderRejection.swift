public import Core

/// Why an order's terms do not change; it stays as it was.
public enum AmendOrderRejection: Error, Hashable, Sendable {
  /// The request is wrong on its own; every wrong field is listed.
  case invalid([PlaceOrderViolation])
  /// The order is over.
  case final(OrderState)
  /// The order is not open yet, or another amendment is under way.
  case pending(OrderState)
  /// The order is executed elsewhere, on the terms that it was placed on.
  case atBroker(ConnectionID)
  /// The order has changed since the owner saw it.
  case changed(Int64, asked: Int64)
  /// Less than is traded already.
  case belowFilled(Decimal, filled: Decimal)
  /// A limit of the account would be exceeded.
  case risk(RiskRejection)
}

extension AmendOrderRejection: CustomStringConvertible {
  /// The rule and the values that broke it.
  public var description: String {
    switch self {
    case .invalid(let violations): violations.map(\.description).joined(separator: "; ")
    case .final(let state): "the order is \(state.rawValue) and cannot be amended"
    case .pending(let state): "the order is \(state.rawValue): amend it when that is decided"
    case .atBroker(let connection):
      "the order is executed by \(connection) and cannot be amended: cancel it and place another"
    case .changed(let version, let asked):
      "the order is at version \(version), not at \(asked): read it again"
    case .belowFilled(let quantity, let filled):
      "quantity \(quantity) is less than the \(filled) that is filled already"
    case .risk(let risk): risk.description
    }
  }
}
