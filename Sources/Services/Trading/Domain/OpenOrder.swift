public import Core

/// The second step of placing an order: the venue takes it, or refuses it.
public enum OpenOrder {
  /// Decides on an order that is stored and pending.
  ///
  /// - Parameters:
  ///   - hasMarket: Whether the venue has a current quote of the order's symbol. A LIMIT order can
  ///     wait for one; a MARKET order would trade at a price nobody has seen.
  ///   - shortage: What the account lacks for it; nil when its funds are held.
  /// - Throws: When the order is not pending any more: someone else has decided.
  public static func decide(
    _ order: Order, of account: Account, hasMarket: Bool, shortage: FundsShortage?,
    at now: Instant
  ) throws(IllegalTransition) -> Change {
    var (after, accountAfter) = (order, account)
    let type: OrderEventType
    if order.type == .market && !hasMarket {
      try after.reject(.noMarket, at: now)
      type = .rejected
    } else if let shortage {
      try after.reject(.insufficientFunds, shortage: shortage, at: now)
      type = .rejected
    } else {
      try after.apply(.open, at: now)
      type = .created
    }
    return accountAfter.change(after, from: order, type, price: order.limitPrice)
  }
}

extension Account {
  /// Records a change that reserves no more than before, and says what is told about it.
  ///
  /// - Parameter type: What happened; nil when nobody is told.
  mutating func change(
    _ after: Order, from before: Order, _ type: OrderEventType?, price: Price?
  ) -> Change {
    do throws(DecimalError) { return try changed(after, from: before, type, price: price) } catch {
      preconditionFailure("releasing what was reserved stays within range: \(error)")
    }
  }

  /// Records a change, and says what is told about it.
  mutating func changed(
    _ after: Order, from before: Order, _ type: OrderEventType?, price: Price?
  ) throws(DecimalError) -> Change {
    try record(after, from: before, event: type)
    let event = type.map { OrderEvent(type: $0, price: price, sequence: orderEventSequence) }
    return Change(
      account: self, order: after, event: event, trade: nil,
      changesTerms: before.terms != after.terms || before.amendment != after.amendment,
      routes: before.routedAt != after.routedAt)
  }
}
