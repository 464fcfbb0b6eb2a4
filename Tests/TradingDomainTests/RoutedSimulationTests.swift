import Core
import TestSupport
import Testing

@testable import TradingDomain

/// Random orders at an exchange that fills, ends and refuses them as it likes, and whose reports come late, and twice.
@Suite("Account under random reports of a broker")
struct RoutedSimulationTests {
  /// What the exchange has of an order.
  struct Remote {
    var order: Order
    var filled: Decimal = .zero
    var isEnding = false
    var isOver = false
  }

  struct Exchange {
    var orders: [OrderID: Remote] = [:]
    /// What was reported and is not delivered yet.
    var reports: [(order: OrderID, report: BrokerReport)] = []
    var executions = 0
    var delivered = 0

    mutating func report(_ order: OrderID, _ kind: BrokerReport.Kind) {
      let filled = orders[order]?.filled ?? .zero
      reports.append(
        (
          order,
          BrokerReport(connectionID: Make.connection, kind: kind, filledQuantity: filled)
        ))
    }

    /// Takes an order, or refuses it.
    mutating func take(_ order: Order, _ random: inout SeededGenerator) {
      guard Int.random(in: 0..<8, using: &random) > 0 else {
        return report(order.id, .rejected("UNKNOWN_SYMBOL"))
      }
      orders[order.id] = Remote(order: order)
      report(order.id, .accepted)
    }

    /// Trades a part of an order at a price that it accepts.
    mutating func trade(_ id: OrderID, _ random: inout SeededGenerator, at now: Instant) throws {
      guard let remote = orders[id], !remote.isOver else { return }
      let leaves = remote.order.quantity.value - remote.filled
      let steps = Int.random(in: 1...20, using: &random)
      let quantity = min(leaves, try #require(Decimal(unscaled: Int128(steps * 5), scale: 1)))
      let better = try #require(
        Decimal(unscaled: Int128(Int.random(in: 0...50, using: &random)), scale: 2))
      let worst = try #require(remote.order.worstPrice)
      let price = remote.order.side == .buy ? worst.value - better : worst.value + better
      executions += 1
      let execution = Execution(
        symbol: Make.symbol, side: remote.order.side, quantity: try Quantity(quantity),
        price: try Price(price), quoteSequence: 0, venueTradeID: "sim-\(executions)",
        executedAt: now)
      orders[id]?.filled = remote.filled + quantity
      orders[id]?.isOver = quantity == leaves
      report(id, .traded(execution, as: TradeID(rawValue: "trade-\(executions)")))
    }

    /// Ends an order whose end is asked for, or whose time is over.
    mutating func end(_ id: OrderID, _ kind: BrokerReport.Kind) {
      guard let remote = orders[id], !remote.isOver else { return }
      orders[id]?.isOver = true
      report(id, kind)
    }
  }

  /// Delivers reports in their order, some of them twice.
  static func deliver(
    _ count: Int, from exchange: inout Exchange, to world: inout SimulatedWorld,
    _ random: inout SeededGenerator, at now: Instant
  ) throws {
    for _ in 0..<min(count, exchange.reports.count) {
      let (id, report) = exchange.reports.removeFirst()
      let order = try #require(world.orders[id])
      for change in try report.decide(order, of: world.account, at: now) { world.commit(change) }
      exchange.delivered += 1
      guard Bool.random(using: &random) else { continue }
      let after = try #require(world.orders[id])
      if case .traded = report.kind {
        #expect(throws: BrokerReportRejection.self) {
          try report.decide(after, of: world.account, at: now)
        }
      } else {
        #expect(try report.decide(after, of: world.account, at: now).isEmpty)
      }
    }
  }

  static func play(
    seed: UInt64, count: Int, check: (SimulatedWorld) throws -> Void
  ) throws -> (world: SimulatedWorld, exchange: Exchange) {
    var random = SeededGenerator(seed: seed)
    let limits = try Make.limits(order: "5000", position: "60", open: "20000")
    var world = SimulatedWorld(account: try Make.account(limits))
    var exchange = Exchange()
    for step in 0..<count {
      let now = Make.now + .milliseconds(step)
      let some = world.orders.values.sorted { $0.id < $1.id }.randomElement(using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<3: try place(step, &world, &random, at: now)
      case 3: try open(&world, &exchange, &random, at: now)
      case 4:
        guard let some, let change = try? CancelOrder.decide(some, of: world.account, at: now)
        else { break }
        world.commit(change)
        if change.order.state == .pendingCancel { exchange.orders[some.id]?.isEnding = true }
      case 5..<8:
        let live = exchange.orders.filter { !$0.value.isOver }.keys.sorted()
        if let id = live.randomElement(using: &random) {
          try exchange.trade(id, &random, at: now)
        }
      case 8:
        for remote in exchange.orders.values.sorted(by: { $0.order.id < $1.order.id })
        where !remote.isOver {
          if remote.isEnding {
            exchange.end(remote.order.id, .canceled)
          } else if remote.order.type == .market && Bool.random(using: &random) {
            exchange.end(remote.order.id, .expired)
          }
        }
      default:
        let some = Int.random(in: 1...5, using: &random)
        try deliver(some, from: &exchange, to: &world, &random, at: now)
      }
      try check(world)
    }
    try deliver(.max, from: &exchange, to: &world, &random, at: Make.now + .seconds(60))
    try check(world)
    return (world, exchange)
  }

  private static func place(
    _ step: Int, _ world: inout SimulatedWorld, _ random: inout SeededGenerator, at now: Instant
  ) throws {
    let instrument = try Make.instrument(lot: "0.5")
    let limit = Int.random(in: 9000...11_000, using: &random)
    let venue = try Make.venue(rate: "0.00015", scale: 6, collar: "0.02")
    let routing = Routing(symbols: [Make.symbol], connection: Make.connection)
    let quote = try Make.quote(1, bid: "100", "1", ask: "100.03", "1")
    let isMarket = Int.random(in: 0..<3, using: &random) == 0
    let request = PlaceOrder(
      clientOrderID: "c-\(step)", symbol: "AAPL", side: Bool.random(using: &random) ? .buy : .sell,
      type: isMarket ? .market : .limit,
      quantity: Decimal(unscaled: Int128(Int.random(in: 1...60, using: &random) * 5), scale: 1),
      limitPrice: isMarket ? nil : Decimal(unscaled: Int128(limit), scale: 2))
    do throws(PlaceOrderRejection) {
      world.commit(
        try request.decide(
          for: world.account, among: [instrument.symbol: instrument], quote: quote, venue: venue,
          routing: routing, id: OrderID(rawValue: "order-\(step)"), at: now))
    } catch {
      world.refused += 1
    }
  }

  /// Gives what is pending over to the broker, whose answer may come before its report; or refuses it for want of funds.
  private static func open(
    _ world: inout SimulatedWorld, _ exchange: inout Exchange, _ random: inout SeededGenerator,
    at now: Instant
  ) throws {
    for order in world.orders.values.sorted(by: { $0.id < $1.id })
    where order.state == .pendingNew && order.routedAt == nil {
      guard Int.random(in: 0..<6, using: &random) > 0 else {
        let shortage = FundsShortage(asset: order.giveAsset, requested: 2, available: 1)
        world.commit(
          try OpenOrder.decide(
            order, of: world.account, hasMarket: true, shortage: shortage, at: now))
        continue
      }
      let routed = try #require(RouteOrder.decide(order, of: world.account, at: now))
      world.commit(routed)
      exchange.take(routed.order, &random)
      guard Bool.random(using: &random), let answer = exchange.reports.last?.report else {
        continue
      }
      for change in try answer.decide(routed.order, of: world.account, at: now) {
        world.commit(change)
      }
    }
  }

  @Test(
    "whatever a broker reports, reservations, fills, positions and sequences add up",
    arguments: 1...8)
  func invariants(seed: Int) throws {
    let (world, exchange) = try Self.play(seed: UInt64(seed), count: 2000) {
      try $0.checkReservations()
    }
    try world.checkFills()
    // What the exchange has is what is booked, and how it ended is how the order ended.
    for remote in exchange.orders.values {
      let order = try #require(world.orders[remote.order.id])
      #expect(order.filledQuantity == remote.filled)
      #expect(order.state.isFinal == remote.isOver)
    }
    #expect(world.trades.count == exchange.executions)
    // Nothing ends twice, and nothing follows the end.
    let changes = Dictionary(grouping: world.changes, by: \.order.id)
    for history in changes.values {
      #expect(history.dropLast().allSatisfy { !$0.order.state.isFinal })
      #expect(history.map(\.order.version) == Array(1...Int64(history.count)))
    }
    let states = Set(world.changes.map(\.order.state))
    #expect(states.isSuperset(of: Set(OrderState.allCases).subtracting([.new, .pendingReplace])))
    #expect(world.trades.count > 100)
    #expect(exchange.delivered > 300)
    #expect(world.orders.count > 100)
  }
}
