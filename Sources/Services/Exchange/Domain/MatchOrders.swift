public import Core

/// Trades the working orders of one symbol against a quote, and ends those whose time is over.
///
/// Orders trade against the quote, never with each other. Who accepts its price trades at once, as far
/// as the size shown reaches; what is left waits for the next quote. Orders are served by price, then
/// by age.
public enum MatchOrders {
  /// Decides what a quote does to orders.
  ///
  /// - Parameters:
  ///   - orders: working orders of the symbol; those of an account that is not among `accounts` are
  ///     left alone.
  ///   - usage: the quote and what is left of it; nil when there is none that is up to date.
  ///   - accounts: whose orders may change, by name.
  ///   - makeID: makes the name of each execution.
  /// - Returns: what is reported, in order.
  public static func decide(
    _ orders: [ExchangeOrder], usage: inout QuoteUsage?,
    accounts: inout [AccountName: ExchangeAccount], at now: Instant,
    makeID: () -> ExecutionID
  ) -> [ExecutionReport] {
    var reports: [ExecutionReport] = []
    for order in orders.sorted(by: isServedBefore) {
      guard var account = accounts[order.account] else { continue }
      let report =
        ExpireOrder.decide(order, account: &account, at: now)
        ?? usage.update { usage in
          trade(order, usage: &usage, account: &account, at: now, makeID: makeID)
        }
      guard let report else { continue }
      accounts[order.account] = account
      reports.append(report)
    }
    return reports
  }

  private static func trade(
    _ order: ExchangeOrder, usage: inout QuoteUsage, account: inout ExchangeAccount,
    at now: Instant, makeID: () -> ExecutionID
  ) -> ExecutionReport? {
    let side = order.terms.side
    let price = usage.quote.price(for: side)
    guard order.terms.accepts(price), let left = usage.left(for: side),
      let quantity = try? Quantity(min(order.leaves, left.value))
    else { return nil }
    var order = order
    do {
      try order.trade(quantity, at: price, at: now)
    } catch {
      // Only the sum of what it traded can fail, where it leaves the range of a number: it rests.
      return nil
    }
    usage.take(quantity, for: side)
    return account.report(
      .trade, of: order,
      execution: Execution(id: makeID(), quantity: quantity, price: price))
  }

  private static func isServedBefore(_ left: ExchangeOrder, _ right: ExchangeOrder) -> Bool {
    let (leftPrice, rightPrice) = (left.terms.limitPrice, right.terms.limitPrice)
    // Buyers and sellers take different sizes: only those of one side are compared by price.
    if left.terms.side != right.terms.side { return left.terms.side == .buy }
    if leftPrice != rightPrice {
      return left.terms.side == .buy ? leftPrice > rightPrice : leftPrice < rightPrice
    }
    if left.createdAt != right.createdAt { return left.createdAt < right.createdAt }
    return left.id < right.id
  }
}

extension Optional {
  /// Changes the value where there is one.
  fileprivate mutating func update<Result>(_ change: (inout Wrapped) -> Result?) -> Result? {
    guard var value = self else { return nil }
    defer { self = value }
    return change(&value)
  }
}
