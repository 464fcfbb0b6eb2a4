public import Core

/// Decides what a request to withdraw an order comes to.
public enum CancelOrder {
  /// What follows.
  public enum Decision: Hashable, Sendable {
    /// The order has not arrived: a mark is stored, so that it is never sent.
    case mark(Change)
    /// The wish is stored; the resolver and the reports do the rest, for it is not known whether the exchange has it.
    case request(Change)
    /// The wish is stored, and then the exchange is asked to withdraw the order of this name.
    case send(Change, ExchangeOrderID)
    /// The wish was stored before; the exchange is asked again.
    case sendAgain(RoutedOrder, ExchangeOrderID)
    /// Nothing is left to be done: the wish was stored before, or the order has ended.
    case noted(RoutedOrder)
  }

  /// Decides.
  ///
  /// - Parameter existing: The order of this name, if one has arrived.
  public static func decide(
    _ terms: RoutedOrderTerms, existing: RoutedOrder?, at now: Instant
  ) throws(TermsDiffer) -> Decision {
    guard let existing else {
      return .mark(
        Change(
          order: RoutedOrder(terms, state: .canceled, isCancelRequested: true, at: now),
          event: RoutedOrderEvent(.canceled, at: now)))
    }
    try existing.check(terms)
    guard !existing.state.isFinal else { return .noted(existing) }
    var requested = existing
    if !existing.isCancelRequested {
      requested.isCancelRequested = true
      requested.touch(at: now)
    }
    let change = Change(order: requested, event: nil)
    guard existing.state != .pendingNew, let exchangeOrderID = existing.exchangeOrderID else {
      return existing.isCancelRequested ? .noted(existing) : .request(change)
    }
    return existing.isCancelRequested
      ? .sendAgain(existing, exchangeOrderID) : .send(change, exchangeOrderID)
  }
}
