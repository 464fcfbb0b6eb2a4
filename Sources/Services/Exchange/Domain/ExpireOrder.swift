public import Core

/// Ends an order whose time is over.
public enum ExpireOrder {
  /// Decides whether an order ends by time.
  ///
  /// - Returns: what is reported; nil when its time is not over, or the order is.
  public static func decide(
    _ order: ExchangeOrder, account: inout ExchangeAccount, at now: Instant
  ) -> ExecutionReport? {
    guard !order.state.isFinal, order.terms.isOver(at: now) else { return nil }
    var order = order
    order.end(as: .expired, at: now)
    return account.report(.expired, of: order)
  }
}
