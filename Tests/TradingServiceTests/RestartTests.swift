import Core
import Postgres
import ServiceKit
import TestSupport
import Testing
import TradingContract

@Suite struct RestartTests {
  @Test func restingOrdersSurviveARestartAndFill() async throws {
    let market = ScriptedMarket()
    let first = try await TradingFixture(market)
    let user = TradingFixture.newUser()
    let ids = try await first.running {
      let trader = try first.trader(user)
      let resting = try await trader.place(.buy, "10", at: "100")
      try market.quote(1, bid: "99", "10", ask: "100", "3")
      _ = try await trader.wait(for: resting.orderID, filled: "3")
      // It would be served first, and so take another part of the same quote.
      _ = try await trader.place(.buy, "1", at: "101")
      let canceled = try await trader.place(.buy, "10", at: "100")
      _ = try await trader.cancel(canceled.orderID)
      return (resting: resting.orderID, canceled: canceled.orderID)
    }
    let second = try await TradingFixture(market, beside: first)
    try await second.running {
      let trader = try second.trader(user)
      // The quote that was traded on comes again first, and is not traded on again. By the time that
      // another symbol, quoted later, has traded, it has been looked at.
      let other = try await trader.place(.buy, "1", at: "50", symbol: "MSFT")
      try market.quote(1, bid: "49", "9", ask: "50", "9", symbol: "MSFT")
      _ = try await trader.wait(for: other.orderID, .filled)
      #expect(try await trader.order(ids.resting).filledQuantity == 3)
      try market.quote(2, bid: "99", "10", ask: "100", "5")
      #expect(try await trader.wait(for: ids.resting, filled: "7").status == .partiallyFilled)
      #expect(try await trader.trades().map(\.quantity) == [4, 1, 1, 3])
      try market.quote(3, bid: "99", "10", ask: "100", "4")
      _ = try await trader.wait(for: ids.resting, .filled)
      #expect(try await trader.order(ids.canceled).status == .canceled)
      #expect(try await trader.positions().map(\.quantity) == [11, 1])
    }
  }

  @Test("an order left in PENDING_NEW is opened, once, and fills")
  func pendingOrdersAreResumed() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    let trader = try fixture.trader()
    let order = try await fixture.running { try await trader.place(.buy, "10", at: "100", id: "p") }
    let database = fixture.service.database.pool
    // Sets the clock back to when the first transaction had been committed and the second not.
    try await database.execute(
      """
      UPDATE trading.orders SET state = 'PENDING_NEW', version = version + 1
      WHERE id = \(order.orderID)
      """)
    let events = try await fixture.orderEvents()
    try await fixture.running {
      let opened = try await trader.wait(for: order.orderID, .open)
      #expect(opened.version == order.version + 2)
      #expect(try await fixture.orderEvents() == events + 1)
      try fixture.market.quote(1, bid: "99", "10", ask: "100", "10")
      _ = try await trader.wait(for: order.orderID, .filled)
    }
  }

  @Test("an order that another replica leaves in PENDING_NEW is opened by one that runs")
  func pendingOrdersAreFoundByTheirNames() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    let trader = try fixture.trader()
    try await fixture.running {
      // The first look is at everything, those after it are not.
      for _ in 0..<3 {
        let order = try await trader.place(.buy, "10", at: "100")
        try await fixture.service.database.pool.execute(
          """
          UPDATE trading.orders SET state = 'PENDING_NEW', version = version + 1
          WHERE id = \(order.orderID)
          """)
        let opened = try await trader.wait(for: order.orderID, .open)
        #expect(opened.version == order.version + 2)
      }
    }
  }

  @Test("a pending order that cannot be opened does not keep the others waiting")
  func pendingOrdersAreResumedOneByOne() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    let trader = try fixture.trader()
    let (stuck, other) = try await fixture.running {
      (
        try await trader.place(.buy, "10", at: "100", id: "stuck"),
        try await trader.place(.buy, "10", at: "100", id: "other")
      )
    }
    let database = fixture.service.database.pool
    try await database.execute(
      "UPDATE trading.orders SET state = 'PENDING_NEW', version = version + 1")
    try await database.execute(
      """
      CREATE FUNCTION trading.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not this one'; END $$
      """)
    try await database.execute(
      """
      CREATE TRIGGER refuse BEFORE UPDATE ON trading.orders
      FOR EACH ROW WHEN (OLD.client_order_id = 'stuck') EXECUTE FUNCTION trading.refuse()
      """)
    try await fixture.running {
      _ = try await trader.wait(for: other.orderID, .open)
      #expect(try await trader.order(stuck.orderID).status == .pendingNew)
      try await database.execute("DROP FUNCTION trading.refuse CASCADE")
      _ = try await trader.wait(for: stuck.orderID, .open)
    }
  }

  @Test func aRepetitionOpensAPendingOrderAtOnce() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_PENDING_AGE": "600"])
    let trader = try fixture.trader()
    try await fixture.running {
      let order = try await trader.place(.buy, "10", at: "100", id: "p")
      try await fixture.service.database.pool.execute(
        """
        UPDATE trading.orders SET state = 'PENDING_NEW', version = version + 1
        WHERE id = \(order.orderID)
        """)
      let again = try await trader.place(.buy, "10", at: "100", id: "p")
      #expect(again.orderID == order.orderID && again.status == .open)
      // What is still pending can be canceled.
      let other = try await trader.place(.buy, "10", at: "100", id: "q")
      try await fixture.service.database.pool.execute(
        """
        UPDATE trading.orders SET state = 'PENDING_NEW', version = version + 1
        WHERE id = \(other.orderID)
        """)
      #expect(try await trader.cancel(other.orderID).status == .canceled)
    }
  }

  @Test func aPendingMarketOrderWaitsForTheFirstQuote() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let market = ScriptedMarket()
    let fixture = try await TradingFixture(market, settings: settings)
    let trader = try fixture.trader()
    try await fixture.running {
      try market.quote(1, bid: "99", "0", ask: "100", "0")
      try await eventually { await failure { try await trader.place(.buy, "1", id: "m") } == nil }
    }
    let order = try #require(try await trader.orders().first)
    try await fixture.service.database.pool.execute(
      """
      UPDATE trading.orders SET state = 'PENDING_NEW', version = version + 1
      WHERE id = \(order.orderID)
      """)
    let second = try await TradingFixture(market, settings: settings, beside: fixture)
    try await second.running {
      _ = try await trader.wait(for: order.orderID, .open)
      try market.quote(2, bid: "99", "10", ask: "100", "10")
      _ = try await trader.wait(for: order.orderID, .filled)
    }
  }

  @Test("the lease of a replica that died is taken when it has run out")
  func leaseRunsOut() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_VENUE_LEASE": "0.3"])
    try await fixture.service.database.pool.execute(
      """
      INSERT INTO trading.venue_leases (venue, epoch, holder, expires_at)
      VALUES ('paper', 41, 'a replica that died', clock_timestamp() + interval '1 second')
      """)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "10", ask: "100", "10")
      _ = try await trader.wait(for: order.orderID, .filled)
      #expect(try await fixture.count("SELECT epoch FROM trading.venue_leases") >= 42)
    }
  }

  @Test("a fill that finds the lease lost ends the term, before the renewal would")
  func leaseLostByFill() async throws {
    // Renewed every 20 minutes.
    let fixture = try await TradingFixture(settings: ["TRADING_VENUE_LEASE": "3600"])
    try await fixture.running {
      let trader = try fixture.trader()
      try await eventually {
        try await fixture.count("SELECT count(*) FROM trading.venue_leases") == 1
      }
      let order = try await trader.place(.buy, "10", at: "100")
      try await fixture.service.database.pool.execute(
        "UPDATE trading.venue_leases SET epoch = epoch + 1, holder = 'another'")
      try fixture.market.quote(1, bid: "99", "10", ask: "100", "10")
      try await eventually {
        _ = try await trader.place(.buy, "1", at: "1")
        return try await fixture.count("SELECT count(*) FROM trading.venue_inbox") > 0
      }
      #expect(try await trader.order(order.orderID).filledQuantity == .zero)
    }
  }

  @Test("a replica that was overtaken books nothing")
  func overtakenReplicaBooksNothing() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_VENUE_LEASE": "0.3"])
    let database = fixture.service.database.pool
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "1")
      _ = try await trader.wait(for: order.orderID, filled: "1")
      try await database.execute(
        """
        UPDATE trading.venue_leases SET epoch = epoch + 1, holder = 'another',
          expires_at = clock_timestamp() + interval '1 hour'
        """)
      try fixture.market.quote(2, bid: "99", "10", ask: "100", "10")
      // It has noticed when it leaves to the inbox what it would have matched.
      try await eventually {
        _ = try await trader.place(.buy, "1", at: "1")
        return try await fixture.count("SELECT count(*) FROM trading.venue_inbox") > 0
      }
      #expect(try await trader.order(order.orderID).filledQuantity == 1)
      try await database.execute("UPDATE trading.venue_leases SET expires_at = clock_timestamp()")
      _ = try await trader.wait(for: order.orderID, .filled)
      #expect(try await trader.trades().map(\.quoteSequence) == [2, 1])
    }
  }
}
