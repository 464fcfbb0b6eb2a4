public import Core

/// Ends an order whose time is over.
public enum ExpireOrder {
  /// Decides on an order.
  ///
  /// - Returns: The change; nil when there is nothing to end: its time has not come, it has none, it is over already, or it
  ///   was given over to the broker, which ends it.
  public static func decide(_ order: Order, of account: Account, at now: Instant) -> Change? {
    guard let expiresAt = order.expiresAt, expiresAt <= now, order.routedAt == nil else {
      return nil
    }
    var (after, accountAfter) = (order, account)
    do throws(IllegalTransition) { try after.apply(.expire, at: now) } catch { return nil }
    return accountAfter.change(after, from: order, .expired, price: order.limitPrice)
  }
}
