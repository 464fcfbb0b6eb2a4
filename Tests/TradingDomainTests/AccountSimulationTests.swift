import Core
import TestSupport
import Testing

@testable import TradingDomain

/// Random commands through every decision, as the service would make them.
@Suite("Account under random commands")
struct AccountSimulationTests {
  /// Plays `count` commands of a seed; checks the invariants after each.
  static func play(seed: UInt64, count: Int, check: (SimulatedWorld) throws -> Void) throws
    -> SimulatedWorld
  {
    var random = SeededGenerator(seed: seed)
    let limits = try Make.limits(order: "5000", position: "60", open: "20000")
    var world = SimulatedWorld(account: try Make.account(limits))
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
            execution.execution, of: order, in: world.account,
            tradeID: TradeID(rawValue: "trade-\(world.trades.count)"), at: now))
      }
      try check(world)
    }
    return world
  }

  /// Asks for random other terms; an amendment that needs funds gets them two times in three.
  private static func amend(
    _ order: Order, _ instrument: Instrument, _ world: inout SimulatedWorld,
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
        let lacking = FundsShortage(asset: order.giveAsset, requested: 2, available: 1)
        let isFunded = Int.random(in: 0..<3, using: &random) > 0
        guard
          let end = EndAmendment.decide(
            change.order, of: world.account, shortage: isFunded ? nil : lacking, at: now)
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
    let world = try Self.play(seed: UInt64(seed), count: 1500) { try $0.checkReservations() }
    try world.checkFills()
    // The run met every kind of event, and refusals too; of an amendment few runs meet one.
    #expect(
      Set(world.events.map(\.type)).union([.amendmentRejected]) == Set(OrderEventType.allCases))
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
