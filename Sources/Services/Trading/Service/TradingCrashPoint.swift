import ProcessKit
import ServiceKit

/// The points at which tests end the process (`crash.at`), to show what survives.
public enum TradingCrashPoint: String, CaseIterable, Sendable {
  /// PlaceOrder has decided, and nothing of the order is stored.
  case placeOrderBeforePending = "place_order.before_pending"
  /// The order is stored as PENDING_NEW, and not yet opened.
  case placeOrderPendingStored = "place_order.pending_stored"
  /// Funds are held for the order, and it is pending.
  case placeOrderReserved = "place_order.reserved"
  /// The order is about to be opened; its event is not stored.
  case placeOrderBeforeOpenCommit = "place_order.before_open_commit"
  /// The order is open, and neither the venue nor the caller knows.
  case placeOrderOpened = "place_order.opened"
  /// The order is given over to the broker, which has not heard of it.
  case routeOrderBefore = "route_order.before"
  /// The broker has answered, and nothing of that is stored.
  case routeOrderSent = "route_order.sent"
  /// What the broker told is decided, and nothing of it is stored.
  case brokerEventBeforeCommit = "broker_event.before_commit"
  /// A fill is decided, and nothing of it is stored.
  case fillBeforeCommit = "fill.before_commit"
  /// A fill is stored, and the venue does not know.
  case fillCommitted = "fill.committed"
  /// A cancellation is stored, and neither the venue nor the caller knows.
  case cancelOrderCommitted = "cancel_order.committed"
  /// It is stored that a cancellation is wanted, and the broker has not been asked.
  case cancelOrderRequested = "cancel_order.requested"
  /// An amendment that needs more funds is stored, and nothing is reserved for it.
  case amendOrderHeld = "amend_order.held"
  /// The funds of an amendment are held, and it is not applied.
  case amendOrderReserved = "amend_order.reserved"
  /// An amendment is about to be applied; its event is not stored.
  case amendOrderBeforeCommit = "amend_order.before_commit"
  /// An amendment is applied, and neither the venue nor the caller knows.
  case amendOrderCommitted = "amend_order.committed"
  /// An order has ended by time, and the venue does not know.
  case expireOrderCommitted = "expire_order.committed"
}

extension CrashPoints {
  /// Ends the process here, if the setting names this point.
  func reach(_ point: TradingCrashPoint) { reach(point.rawValue) }
}
