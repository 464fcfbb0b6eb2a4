import Core
import Testing

@testable import TradingDomain

/// An account under random commands, with all that was decided.
struct SimulatedWorld {
  var account: Account
  var orders: [OrderID: Order] = [:]
  var trades: [Trade] = []
  var events: [OrderEvent] = []
  var changes: [Change] = []
  var book = PaperBook(symbol: Make.symbol)
  var refused = 0

  mutating func commit(_ change: Change) {
    account = change.account
    orders[change.order.id] = change.order
    if let trade = change.trade { trades.append(trade) }
    if let event = change.event { events.append(event) }
    changes.append(change)
  }

  /// What is reserved is what the working orders reserve, no more and no less.
  func checkReservations() throws {
    let orders = orders.values
    let holding = account.holding(of: Make.symbol)
    let buys = orders.filter { $0.side == .buy }.map(\.reservedQuantity).reduce(.zero, +)
    let sells = orders.filter { $0.side == .sell }.map(\.reservedQuantity).reduce(.zero, +)
    #expect(holding.openBuyQuantity == buys)
    #expect(holding.openSellQuantity == sells)
    let notional = try orders.map { try $0.reservedNotional() }.reduce(.zero, +)
    #expect(account.openNotional == notional)
    #expect(account.openNotional <= account.limits.maxOpenNotional)
    // No order can take the position past its limit, whatever fills.
    let quantity = holding.position.quantity
    #expect(quantity + buys <= account.limits.maxPosition)
    #expect(sells - quantity <= account.limits.maxPosition)
    #expect(account.workingOrders == Int64(orders.count { $0.isWorking }))
    #expect(account.version == Int64(changes.count))
    #expect(orders.allSatisfy { !$0.leavesQuantity.isNegative })
    #expect(orders.allSatisfy { !$0.state.isFinal || $0.reservedQuantity.isZero })
  }

  /// Orders and the position are the folds of their fills, and everything is counted without a gap.
  func checkFills() throws {
    let filled = Dictionary(grouping: trades, by: \.orderID)
    for order in orders.values {
      let fills = filled[order.id] ?? []
      #expect(order.filledQuantity == fills.map(\.quantity.value).reduce(.zero, +))
      let notional = try fills.map { try $0.price.notional(of: $0.quantity) }.reduce(.zero, +)
      #expect(order.filledNotional == notional)
      // However it was filled, the fees are those on the sum, and what was reserved has sufficed.
      let charged = fills.map(\.fee).reduce(.zero, +)
      #expect(order.feesCharged == charged)
      #expect(charged == (try order.fees.fee(on: notional)))
      let given = order.side == .buy ? notional + charged : order.filledQuantity
      #expect(order.reservationTotal >= given)
      #expect((order.reservationTotal == given) == (order.state.isFinal || !order.isWorking))
      #expect((order.state == .filled) == (order.filledQuantity == order.quantity.value))
      #expect(fills.allSatisfy { order.accepts($0.price) })
    }
    let position = try trades.reduce(Position.none) { position, trade in
      try position.applying(
        trade.quantity, trade.side, at: trade.price, fee: trade.fee, at: trade.executedAt)
    }
    #expect(account.holding(of: Make.symbol).position == position)
    #expect(events.map(\.sequence) == Array(1...Int64(events.count)))
    #expect(trades.map(\.sequence) == Array(1...Int64(trades.count)))
    #expect(Set(trades.map(\.venueTradeID)).count == trades.count)
  }
}
