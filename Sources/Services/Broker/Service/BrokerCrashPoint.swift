import ProcessKit
import ServiceKit

/// The points at which tests end the process (`crash.at`), to show what survives.
public enum BrokerCrashPoint: String, CaseIterable, Sendable {
  /// An order has arrived, and nothing of it is stored.
  case routeOrderBeforeCommit = "route_order.before_commit"
  /// The order is stored, and not sent.
  case routeOrderStored = "route_order.stored"
  /// The order is sent, and nobody was told.
  case routeOrderSubmitted = "route_order.submitted"
  /// A report is decided on, and nothing of it is stored.
  case reportBeforeCommit = "report.before_commit"
  /// A report is applied.
  case reportCommitted = "report.committed"
  /// The wish that an order ends is stored, and the exchange was not told.
  case cancelOrderStored = "cancel_order.stored"
  /// The exchange was told to withdraw the order, and the caller does not know.
  case cancelOrderSent = "cancel_order.sent"
  /// The next submission of an order is stored, and not sent.
  case resolveStored = "resolve.stored"
  /// The next submission of an order is sent.
  case resolveSent = "resolve.sent"
}

extension CrashPoints {
  /// Ends the process here, if the setting names this point.
  func reach(_ point: BrokerCrashPoint) { reach(point.rawValue) }
}
