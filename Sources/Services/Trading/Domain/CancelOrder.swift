public import Core

/// Withdraws an order.
public enum CancelOrder {
  /// Decides on a request of the order's owner.
  ///
  /// - Returns: The change; nil when the order is canceled already, since asking twice is no error.
  public static func decide(
    _ order: Order, of account: Account, at now: Instant
  ) throws(CancelOrderRejection) -> Change? {
    guard order.state != .canceled else { return nil }
    var (after, accountAfter) = (order, account)
    do throws(IllegalTransition) { try after.apply(.cancel, at: now) } catch {
      throw .final(order.state)
    }
    return accountAfter.change(after, from: order, .cancelled, price: order.limitPrice)
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
