public import Core

/// Withdraws an order.
public enum CancelOrder {
  /// Decides on a request of the order's owner.
  ///
  /// An order that was given over to the broker may be at an exchange, which may be filling it: its end is asked for and told
  /// by the broker. Nobody else is told before that, and all of it stays reserved. Any other order is canceled at once.
  ///
  /// - Returns: The change; nil when the order is canceled or the broker is asked already, since asking twice is no error.
  public static func decide(
    _ order: Order, of account: Account, at now: Instant
  ) throws(CancelOrderRejection) -> Change? {
    guard order.state != .canceled && order.state != .pendingCancel else { return nil }
    let isAtBroker = order.routedAt != nil
    var (after, accountAfter) = (order, account)
    do throws(IllegalTransition) {
      try after.apply(isAtBroker ? .requestCancel : .cancel, at: now)
    } catch {
      throw .final(order.state)
    }
    return accountAfter.change(
      after, from: order, isAtBroker ? nil : .cancelled, price: order.limitPrice)
  }
}

/// Why an order cannot be withdrawn.
public enum CancelOrderRejection: Error, Hashable, Sendable {
  /// It is over.
  case final(OrderState)
}

extension CancelOrderRejection: CustomStringConvertible {
  /// Where the order stands.
  public var description: String {
    switch self {
    case .final(let state): "the order is \(state.rawValue) and cannot be canceled"
    }
  }
}
