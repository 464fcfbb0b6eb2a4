import Core
import Postgres
import TestSupport
import Testing
import TradingContract
import TradingDomain

@Suite struct FillTests {
  @Test func aMarketOrderFillsAtTheQuoteItStates() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      try fixture.market.quote(7, bid: "99.98", "100", ask: "100.02", "100")
      let trader = try fixture.trader()
      try await eventually {
        await failure { try await trader.place(.buy, "10", id: "m") } == nil
      }
      let placed = try #require(try await trader.orders().first)
      let order = try await trader.wait(for: placed.orderID, .filled)
      #expect(try order.averagePrice == Decimal("100.02"))
      let trade = try #require(try await trader.trades().first)
      #expect(try trade.price == Decimal("100.02") && trade.quoteSequence == 7)
      // One basis point of 1000.2, rounded up to four digits.
      #expect(try trade.fee == Decimal("0.1001"))
      let position = try #require(try await trader.positions().first)
      #expect(try position.quantity == 10 && position.averagePrice == Decimal("100.02"))
    }
  }

  @Test func anOrderFillsInPartsOverSeveralQuotes() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "4")
      #expect(try await trader.wait(for: order.orderID, filled: "4").status == .partiallyFilled)
      // Worse than the limit: nothing happens at this one.
      try fixture.market.quote(2, bid: "99", "1", ask: "100.01", "50")
      try fixture.market.quote(3, bid: "98", "1", ask: "99.5", "4")
      _ = try await trader.wait(for: order.orderID, filled: "8")
      try fixture.market.quote(4, bid: "98", "1", ask: "99", "4")
      let filled = try await trader.wait(for: order.orderID, .filled)
      #expect(try filled.averagePrice == Decimal("99.6"))
      let trades = try await trader.trades()
      #expect(trades.map(\.quoteSequence) == [4, 3, 1])
      #expect(trades.map { $0.quantity?.description } == ["2", "4", "4"])
      #expect(try await fixture.count("SELECT count(*) FROM trading.working_orders") == 0)
      #expect(
        try await fixture.count(
          "SELECT count(*) FROM trading.accounts WHERE open_notional = 0 AND trade_sequence = 3")
          == 1)
    }
  }

  @Test("a quote's size is there once, whoever takes it")
  func sizeIsSharedOut() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let (first, second) = (try fixture.trader(), try fixture.trader())
      let early = try await first.place(.buy, "6", at: "100")
      let late = try await second.place(.buy, "6", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "10")
      _ = try await first.wait(for: early.orderID, .filled)
      #expect(try await second.wait(for: late.orderID, filled: "4").status == .partiallyFilled)
      try fixture.market.quote(2, bid: "99", "1", ask: "100", "10")
      _ = try await second.wait(for: late.orderID, .filled)
      let taken: PostgresQuery =
        "SELECT sum(quantity)::bigint FROM trading.trades WHERE quote_sequence = 1"
      #expect(try await fixture.count(taken) == 10)
    }
  }

  @Test("an order whose execution cannot be stored does not keep the others from trading")
  func anOrderThatCannotBeBookedIsSetAside() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_VENUE_RECONCILE": "0.1"])
    let database = fixture.service.database.pool
    try await fixture.running {
      let trader = try fixture.trader()
      let stuck = try await trader.place(.buy, "6", at: "100")
      let other = try await trader.place(.buy, "7", at: "100")
      try await database.execute(
        "ALTER TABLE trading.trades ADD CONSTRAINT refuse CHECK (quantity <> 6)")
      var sequence: Int64 = 0
      let isFilled = { (id: String) in
        sequence += 1
        try fixture.market.quote(sequence, bid: "99", "1", ask: "100", "13")
        return try await trader.order(id).status == .filled
      }
      try await eventually { try await isFilled(other.orderID) }
      #expect(try await trader.order(stuck.orderID).status == .open)
      try await database.execute("ALTER TABLE trading.trades DROP CONSTRAINT refuse")
      try await eventually { try await isFilled(stuck.orderID) }
      #expect(try await trader.positions().map(\.quantity) == [13])
    }
  }

  @Test("positions are the fold of the trades, whatever was placed and canceled meanwhile")
  func positionsAreTheFold() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_RISK_MAX_POSITION": "100000"])
    try await fixture.running {
      let traders = try (0..<4).map { _ in try fixture.trader() }
      try await withThrowingTaskGroup { group in
        for (number, trader) in traders.enumerated() {
          group.addTask {
            var random = SeededGenerator(seed: UInt64(number))
            for _ in 0..<25 {
              let side: TradingV1.OrderSide = Bool.random(using: &random) ? .buy : .sell
              let order = try await trader.place(
                side, "\(Int.random(in: 1...9, using: &random))",
                at: "\(Int.random(in: 98...102, using: &random))")
              if Int.random(in: 0..<4, using: &random) == 0 {
                _ = try? await trader.cancel(order.orderID)
              }
            }
          }
        }
        group.addTask {
          var random = SeededGenerator(seed: 99)
          for sequence in 1...200 as ClosedRange<Int64> {
            let middle = Int.random(in: 98...102, using: &random)
            try fixture.market.quote(
              sequence, bid: "\(middle).00", "\(Int.random(in: 0...20, using: &random))",
              ask: "\(middle).01", "\(Int.random(in: 0...20, using: &random))")
            await Task.yield()
          }
        }
        try await group.waitForAll()
      }
      // A quote that fills whatever still works.
      var sequence: Int64 = 1000
      try await eventually {
        try fixture.market.quote(sequence, bid: "200", "100000", ask: "1", "100000")
        sequence += 1
        return try await fixture.count("SELECT count(*) FROM trading.working_orders") == 0
      }
      for trader in traders { try await expectFold(trader) }
      try await expectConsistency(fixture)
    }
  }

  /// Recomputes a trader's positions and orders from the trades.
  private func expectFold(_ trader: Trader) async throws {
    let trades = try await trader.trades()
    var position = Position.none
    for trade in trades.reversed() {
      let quantity = try Quantity(try #require(trade.quantity))
      position = try position.applying(
        quantity, trade.side == .buy ? .buy : .sell, at: Price(try #require(trade.price)),
        fee: try #require(trade.fee), at: .epoch)
    }
    let stored = try #require(try await trader.positions().first)
    #expect(stored.quantity == position.quantity)
    #expect(stored.realizedPnl == position.realizedPnL)
    #expect(stored.fees == position.fees)
    #expect(stored.averagePrice == position.averagePrice)
    for order in try await trader.orders() {
      let filled = trades.filter { $0.orderID == order.orderID }.compactMap(\.quantity)
      #expect(filled.reduce(.zero, +) == order.filledQuantity)
    }
  }

  /// What must hold in the database whatever has happened.
  private func expectConsistency(_ fixture: TradingFixture) async throws {
    let overtaken: PostgresQuery = """
      SELECT count(*) FROM (
        SELECT account_id FROM trading.trades GROUP BY account_id
        HAVING max(sequence) <> count(*)) AS gaps
      """
    #expect(try await fixture.count(overtaken) == 0)
    let events: PostgresQuery = """
      SELECT count(*) FROM trading.accounts a WHERE
        (SELECT count(*) FROM trading.outbox o
         WHERE o.key = a.id::text AND o.topic = 'order_events') <> a.order_event_sequence
        OR (SELECT count(*) FROM trading.outbox o
         WHERE o.key = a.id::text AND o.topic = 'trade_executions') <> a.trade_sequence
        OR a.open_notional <> 0
      """
    #expect(try await fixture.count(events) == 0)
    let open: PostgresQuery =
      "SELECT count(*) FROM trading.positions WHERE open_buy <> 0 OR open_sell <> 0"
    #expect(try await fixture.count(open) == 0)
  }
}
