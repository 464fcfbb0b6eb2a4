import Core
import TestSupport
import Testing

@testable import TradingDomain

/// Random commands through every decision, as the service would make them.
@Suite("Account under random commands")
struct AccountSimulationTests {
  struct World {
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
  }

  /// Plays `count` commands of a seed; checks the invariants after each.
  static func play(seed: UInt64, count: Int, check: (World) throws -> Void) throws -> World {
    var random = SeededGenerator(seed: seed)
    let limits = try Make.limits(order: "5000", position: "60", open: "20000")
    var world = World(account: try Make.account(limits))
    let instrument = try Make.instrument(lot: "0.5")
    let venue = try Make.venue(rate: "0.00015", scale: 6, collar: "0.02")
    for step in 0..<count {
      let now = Make.now + .milliseconds(step)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<3:
        let limit = Int.random(in: 9000...11_000, using: &random)
        let request = PlaceOrder(
          clientOrderID: "c-\(step)", symbol: "AAPL",
          side: Bool.random(using: &random) ? .buy : .sell,
          type: step % 3 == 0 ? .market : .limit,
          quantity: Decimal(unscaled: Int128(Int.random(in: 1...60, using: &random) * 5), scale: 1),
          limitPrice: step % 3 == 0 ? nil : Decimal(unscaled: Int128(limit), scale: 2))
        do throws(PlaceOrderRejection) {
          world.commit(
            try request.decide(
              for: world.account, among: [instrument.symbol: instrument], quote: world.book.quote,
              venue: venue, id: OrderID(rawValue: "order-\(step)"), at: now))
        } catch {
          world.refused += 1
        }
      case 3:
        for order in world.orders.values.sorted(by: { $0.id < $1.id })
        where order.state == .pendingNew {
          let change = try OpenOrder.decide(
            order, of: world.account, hasMarket: Int.random(in: 0..<5, using: &random) > 0,
            shortage: nil, at: now)
          world.commit(change)
          world.book.insert(change.order)
        }
      case 4:
        let order = world.orders.values.sorted { $0.id < $1.id }.randomElement(using: &random)
        guard let order else { break }
        world.book.remove(order.id)
        if let change = try? CancelOrder.decide(order, of: world.account, at: now) {
          world.commit(change)
        }
      case 5:
        let order = world.orders.values.sorted { $0.id < $1.id }.randomElement(using: &random)
        guard let order else { break }
        try amend(order, instrument, &world, &random, at: now)
      case 6:
        // Time goes on faster for MARKET orders than the steps are long.
        for order in world.orders.values.sorted(by: { $0.id < $1.id })
        where now - order.createdAt > .milliseconds(40) {
          let end = order.expiresAt ?? now
          guard let change = ExpireOrder.decide(order, of: world.account, at: end) else { continue }
          world.commit(change)
          world.book.remove(order.id)
        }
      default:
        let bid = Int.random(in: 9000...11_000, using: &random)
        world.book.update(
          Quote(
            symbol: Make.symbol, sequence: Int64(step),
            bidPrice: try Price(Decimal(unscaled: Int128(bid), scale: 2) ?? 1),
            bidSize: Decimal(Int.random(in: 0...20, using: &random)),
            askPrice: try Price(Decimal(unscaled: Int128(bid + 3), scale: 2) ?? 1),
            askSize: Decimal(Int.random(in: 0...20, using: &random)), publishedAt: now))
      }
      for execution in world.book.match() {
        let order = try #require(world.orders[execution.orderID])
        world.commit(
          try FillOrder.decide(
            execution, of: order, in: world.account,
            tradeID: TradeID(rawValue: "trade-\(world.trades.count)"), at: now))
      }
      try check(world)
    }
    return world
  }

  /// Asks for random other terms; an amendment that needs funds gets them two times in three.
  private static func amend(
    _ order: Order, _ instrument: Instrument, _ world: inout World,
    _ random: inout SeededGenerator, at now: Instant
  ) throws {
    let limit = Decimal(unscaled: Int128(Int.random(in: 9000...11_000, using: &random)), scale: 2)
    let request = AmendOrder(
      quantity: Decimal(unscaled: Int128(Int.random(in: 1...60, using: &random) * 5), scale: 1),
      limitPrice: order.type == .limit && Bool.random(using: &random) ? limit : nil, version: nil)
    do throws(AmendOrderRejection) {
      switch try request.decide(order, of: world.account, instrument: instrument, at: now) {
      case .unchanged, .underWay: break
      case .amended(let change):
        #expect(change.order.reservationTotal <= order.reservationTotal)
        world.commit(change)
        world.book.insert(change.order)
      case .held(let change):
        world.commit(change)
        world.book.insert(change.order)
        #expect(!world.book.contains(order.id))
        let isFunded = Int.random(in: 0..<3, using: &random) > 0
        guard
          let end = EndAmendment.decide(
            change.order, of: world.account, isFunded: isFunded, at: now)
        else { throw AmendOrderRejection.pending(change.order.state) }
        #expect((end.order.reservationTotal > order.reservationTotal) == isFunded)
        #expect((end.order.terms == order.terms) == !isFunded)
        world.commit(end)
        world.book.insert(end.order)
      }
    } catch {
      world.refused += 1
    }
  }

  @Test("reservations, fills, positions and sequences always add up", arguments: 1...8)
  func invariants(seed: Int) throws {
    let world = try Self.play(seed: UInt64(seed), count: 1500) { world in
      let orders = world.orders.values
      let holding = world.account.holding(of: Make.symbol)
      // What is reserved is what the working orders reserve, no more and no less.
      let buys = orders.filter { $0.side == .buy }.map(\.reservedQuantity).reduce(.zero, +)
      let sells = orders.filter { $0.side == .sell }.map(\.reservedQuantity).reduce(.zero, +)
      #expect(holding.openBuyQuantity == buys)
      #expect(holding.openSellQuantity == sells)
      let notional = try orders.map { try $0.reservedNotional() }.reduce(.zero, +)
      #expect(world.account.openNotional == notional)
      #expect(world.account.openNotional <= world.account.limits.maxOpenNotional)
      // No order can take the position past its limit, whatever fills.
      let quantity = holding.position.quantity
      #expect(quantity + buys <= world.account.limits.maxPosition)
      #expect(sells - quantity <= world.account.limits.maxPosition)
      #expect(world.account.workingOrders == Int64(orders.count { $0.isWorking }))
      #expect(world.account.version == Int64(world.changes.count))
      #expect(orders.allSatisfy { !$0.leavesQuantity.isNegative })
      #expect(orders.allSatisfy { !$0.state.isFinal || $0.reservedQuantity.isZero })
    }
    let filled = Dictionary(grouping: world.trades, by: \.orderID)
    for order in world.orders.values {
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
    let position = try world.trades.reduce(Position.none) { position, trade in
      try position.applying(
        trade.quantity, trade.side, at: trade.price, fee: trade.fee, at: trade.executedAt)
    }
    #expect(world.account.holding(of: Make.symbol).position == position)
    #expect(world.events.map(\.sequence) == Array(1...Int64(world.events.count)))
    #expect(world.trades.map(\.sequence) == Array(1...Int64(world.trades.count)))
    #expect(Set(world.trades.map(\.venueTradeID)).count == world.trades.count)
    // The run met every kind of event, and refusals too.
    #expect(Set(world.events.map(\.type)) == Set(OrderEventType.allCases))
    #expect(world.refused > 10 && world.trades.count > 100)
  }

  @Test("the same commands give the same changes, digit by digit")
  func determinism() throws {
    let first = try Self.play(seed: 99, count: 1000) { _ in }
    let second = try Self.play(seed: 99, count: 1000) { _ in }
    #expect(first.changes == second.changes)
    #expect(first.changes.count > 300)
  }
}
