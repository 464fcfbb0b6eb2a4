import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct AmendOrderTests {
  @Test func anAmendedOrderKeepsItsIdAndTradesOnItsNewTerms() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100", id: "mine")
      let amended = try await trader.amend(order.orderID, "6", at: "99", version: order.version)
      #expect(amended.orderID == order.orderID && amended.clientOrderID == "mine")
      #expect(try amended.quantity == 6 && amended.limitPrice == Decimal("99"))
      #expect(amended.status == .open && amended.version > order.version)
      #expect(try await trader.order(order.orderID) == amended)
      // Again: the same answer, although the version is an older one by now.
      #expect(
        try await trader.amend(order.orderID, "6", at: "99", version: order.version) == amended)
      // The request that placed it is still the same request.
      #expect(try await trader.place(.buy, "10", at: "100", id: "mine") == amended)
      // Not at the old price, and no more than the new quantity.
      try fixture.market.quote(1, bid: "98", "1", ask: "100", "50")
      try fixture.market.quote(2, bid: "98", "1", ask: "98.5", "50")
      let filled = try await trader.wait(for: order.orderID, .filled)
      #expect(try filled.filledQuantity == 6 && filled.averagePrice == Decimal("98.5"))
      #expect(try await trader.trades().map(\.quoteSequence) == [2])
    }
  }

  @Test func anAmendmentThatNeedsMoreFundsIsAppliedToo() async throws {
    let fixture = try await TradingFixture()
    try await fixture.runningWithRelay {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      var updates = try await trader.watch().makeAsyncIterator()
      #expect(try await updates.next()?.snapshot?.orders == [order])
      try fixture.market.quote(1, bid: "98", "1", ask: "100", "4")
      _ = try await trader.wait(for: order.orderID, filled: "4")
      let amended = try await trader.amend(order.orderID, "20", at: "101")
      #expect(amended.status == .partiallyFilled && amended.filledQuantity == 4)
      #expect(amended.quantity == 20 && amended.version == 5)
      try fixture.market.quote(2, bid: "98", "1", ask: "101", "50")
      _ = try await trader.wait(for: order.orderID, .filled)
      var seen: [TradingV1.Order?] = []
      while seen.count < 3, let update = try await updates.next() { seen.append(update.order) }
      #expect(seen.map { $0?.status } == [.partiallyFilled, .partiallyFilled, .filled])
      #expect(seen.map { $0?.quantity } == [10, 20, 20])
      #expect(try await trader.positions().map(\.quantity) == [20])
      let consistent: PostgresQuery = """
        SELECT count(*) FROM trading.accounts WHERE open_notional = 0 AND working_orders = 0
        """
      #expect(try await fixture.count(consistent) == 1)
    }
  }

  @Test func whatCannotBeAmendedIsAConflictThatSaysWhy() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "98", "1", ask: "100", "4")
      let partly = try await trader.wait(for: order.orderID, filled: "4")
      let below = await failure { try await trader.amend(order.orderID, "3") }
      #expect(below?.code == .aborted && below?.errorInfo?.reason == "QUANTITY_BELOW_FILLED")
      #expect(
        below?.errorInfo?.metadata == ["field": "quantity", "value": "3", "filled": "4"])
      let changed = await failure { try await trader.amend(order.orderID, "9", version: 1) }
      #expect(changed?.code == .aborted && changed?.errorInfo?.reason == "ORDER_CHANGED")
      let grid = await failure { try await trader.amend(order.orderID, "9.5", at: "1.001") }
      #expect(grid?.code == .invalidArgument)
      #expect(grid?.violations.map(\.field) == ["quantity", "limit_price"])
      let empty = await failure { try await trader.amend(order.orderID) }
      #expect(empty?.code == .invalidArgument)
      let limit = await failure { try await trader.amend(order.orderID, "10001") }
      #expect(limit?.errorInfo?.metadata["limit"] == "ORDER_NOTIONAL")
      #expect(try await trader.order(order.orderID) == partly)
      let other = try fixture.trader()
      let foreign = await failure { try await other.amend(order.orderID, "9") }
      #expect(foreign?.errorInfo?.reason == "ORDER_NOT_FOUND")
      _ = try await trader.cancel(order.orderID)
      let final = await failure { try await trader.amend(order.orderID, "9") }
      #expect(final?.code == .aborted && final?.errorInfo?.reason == "ORDER_FINAL")
    }
  }

  @Test("the replica that matches trades on terms that were amended at another one")
  func atAnotherReplica() async throws {
    let market = ScriptedMarket()
    let first = try await TradingFixture(market)
    let second = try await TradingFixture(market, beside: first)
    let user = TradingFixture.newUser()
    try await first.running {
      try await eventually {
        try await first.count("SELECT count(*) FROM trading.venue_leases") == 1
      }
      try await second.running {
        let (here, there) = (try first.trader(user), try second.trader(user))
        let order = try await here.place(.buy, "10", at: "100")
        _ = try await there.amend(order.orderID, "12", at: "90")
        try await eventually {
          try await first.count("SELECT count(*) FROM trading.venue_inbox") == 0
        }
        // A quote that finds the matching replica not yet told is refused, and not traded on.
        try market.quote(1, bid: "80", "1", ask: "100", "50")
        try market.quote(2, bid: "80", "1", ask: "90", "7")
        #expect(try await here.wait(for: order.orderID, filled: "7").status == .partiallyFilled)
        _ = try await there.amend(order.orderID, "7")
        #expect(try await here.order(order.orderID).status == .filled)
        #expect(try await there.trades().map(\.quoteSequence) == [2])
      }
    }
  }

  @Test("whoever wins the race, no order trades more than it asks for or beyond its limit")
  func amendmentsAndFillsRace() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_RISK_MAX_POSITION": "100000"])
    try await fixture.running {
      let traders = try (0..<3).map { _ in try fixture.trader() }
      try await withThrowingTaskGroup { group in
        for (number, trader) in traders.enumerated() {
          group.addTask {
            var random = SeededGenerator(seed: UInt64(number))
            for _ in 0..<15 {
              let order = try await trader.place(.buy, "5", at: "100")
              for _ in 0..<3 {
                let (quantity, price) = (
                  Int.random(in: 1...9, using: &random), Int.random(in: 98...102, using: &random)
                )
                let error = await failure {
                  try await trader.amend(order.orderID, "\(quantity)", at: "\(price)")
                }
                #expect(error == nil || error?.code == .aborted, "\(String(describing: error))")
              }
            }
          }
        }
        group.addTask {
          for sequence in 1...300 as ClosedRange<Int64> {
            try fixture.market.quote(sequence, bid: "97", "10", ask: "\(98 + sequence % 5)", "3")
            await Task.yield()
          }
        }
        try await group.waitForAll()
      }
      var sequence: Int64 = 1000
      try await eventually {
        try fixture.market.quote(sequence, bid: "1", "0", ask: "50", "100000")
        sequence += 1
        return try await fixture.count("SELECT count(*) FROM trading.working_orders") == 0
      }
      let wrong: PostgresQuery = """
        SELECT count(*) FROM trading.orders o WHERE state <> 'FILLED'
          OR filled_quantity <> (SELECT sum(quantity) FROM trading.trades t WHERE t.order_id = o.id)
          OR fees_charged <> (SELECT sum(fee) FROM trading.trades t WHERE t.order_id = o.id)
          OR reservation_total <> filled_notional + fees_charged
        """
      #expect(try await fixture.count(wrong) == 0)
      let open: PostgresQuery = """
        SELECT count(*) FROM trading.accounts WHERE open_notional <> 0 OR working_orders <> 0
        """
      #expect(try await fixture.count(open) == 0)
    }
  }

  @Test("an amendment that a process left behind is finished")
  func heldAmendmentsAreResumed() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    let trader = try fixture.trader()
    let order = try await fixture.running { try await trader.place(.buy, "10", at: "100") }
    try await fixture.service.database.pool.execute(
      """
      UPDATE trading.orders SET state = 'PENDING_REPLACE', version = version + 1,
        amended_quantity = 20, amended_limit_price = 100 WHERE id = \(order.orderID)
      """)
    #expect(try await trader.order(order.orderID).status == .pendingReplace)
    try await fixture.service.database.pool.execute(
      """
      UPDATE trading.accounts SET version = version + 1, open_notional = 2000;
      """)
    try await fixture.service.database.pool.execute("UPDATE trading.positions SET open_buy = 20")
    try await fixture.running {
      let amended = try await trader.wait(for: order.orderID, .open)
      #expect(amended.quantity == 20 && amended.version == order.version + 2)
      try fixture.market.quote(1, bid: "98", "1", ask: "100", "50")
      #expect(try await trader.wait(for: order.orderID, .filled).filledQuantity == 20)
    }
  }
}
