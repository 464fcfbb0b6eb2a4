public import Core

/// Books an execution: order, trade, position, reservation and events change together.
public enum FillOrder {
  /// Decides whether an execution of the venue is booked.
  ///
  /// - Parameters:
  ///   - execution: What the venue says was traded.
  ///   - tradeID: The new trade's name.
  public static func decide(
    _ execution: Execution, of order: Order, in account: Account, tradeID: TradeID,
    at now: Instant
  ) throws(FillRejection) -> Change {
    guard order.symbol == execution.symbol, order.side == execution.side else {
      throw .anotherOrder
    }
    let executedAt = execution.executedAt ?? now
    var (after, accountAfter) = (order, account)
    let fee = try after.fill(execution.quantity, at: execution.price, at: now)
    let type: OrderEventType = after.state == .filled ? .filled : .partiallyFilled
    do throws(DecimalError) {
      let position = try account.holding(of: order.symbol).position.applying(
        execution.quantity, order.side, at: execution.price, fee: fee, at: executedAt)
      try accountAfter.record(after, from: order, event: type)
      accountAfter.record(position, of: order.symbol)
    } catch {
      throw .arithmetic(error)
    }
    let trade = Trade(
      id: tradeID, venueTradeID: execution.venueTradeID, orderID: order.id,
      accountID: account.id, symbol: order.symbol, side: order.side,
      quantity: execution.quantity, price: execution.price, fee: fee,
      quoteSequence: execution.quoteSequence, executedAt: executedAt,
      sequence: accountAfter.tradeSequence)
    let event = OrderEvent(
      type: type, price: execution.price, sequence: accountAfter.orderEventSequence)
    return Change(account: accountAfter, order: after, event: event, trade: trade)
  }
}

/// Why an execution cannot be booked: the venue was wrong, or was overtaken.
public enum FillRejection: Error, Hashable, Sendable {
  /// The order is over, or was never stored.
  case illegal(IllegalTransition)
  /// More than was left to trade.
  case exceedsLeaves(Decimal, leaves: Decimal)
  /// A price the owner does not accept.
  case worseThanLimit(Price, limit: Price?)
  /// The execution's symbol or side is not the order's.
  case anotherOrder
  /// A sum leaves the range of a `Decimal`.
  case arithmetic(DecimalError)
}

extension FillRejection: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .illegal(let transition): transition.description
    case .exceedsLeaves(let quantity, let leaves):
      "a fill of \(quantity) exceeds the \(leaves) left"
    case .worseThanLimit(let price, let limit):
      "a fill at \(price) is worse than the worst price accepted, \(limit.map(\.description) ?? "")"
    case .anotherOrder: "the execution's symbol and side are not the order's"
    case .arithmetic(let error): error.description
    }
  }
}
