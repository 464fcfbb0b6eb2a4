public import Core

/// Withdraws an order.
public enum CancelOrder {
  /// Decides on a cancellation.
  ///
  /// - Returns: what is reported; nil when the order is over: it stays as it ended.
  public static func decide(
    _ order: ExchangeOrder, account: inout ExchangeAccount, at now: Instant
  ) -> ExecutionReport? {
    guard !order.state.isFinal else { return nil }
    var order = order
    order.end(as: .canceled, at: now)
    return account.report(.canceled, of: order)
  }
}
