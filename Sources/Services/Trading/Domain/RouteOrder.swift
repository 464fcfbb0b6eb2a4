public import Core

/// Gives an order over to the broker, whose funds are held.
public enum RouteOrder {
  /// Decides on an order that is executed elsewhere.
  ///
  /// It is stored before the broker hears of the order: from then on nothing here ends it, since it may be at an exchange. So
  /// whoever has stored this, and nobody else, may route the order without asking first whether the broker has it.
  ///
  /// - Returns: The change; nil when it is not pending any more, or was given over before.
  public static func decide(_ order: Order, of account: Account, at now: Instant) -> Change? {
    guard order.connectionID != nil, order.routedAt == nil else { return nil }
    var (after, accountAfter) = (order, account)
    do throws(IllegalTransition) { try after.apply(.route, at: now) } catch { return nil }
    after.routedAt = now
    return accountAfter.change(after, from: order, nil, price: nil)
  }
}
