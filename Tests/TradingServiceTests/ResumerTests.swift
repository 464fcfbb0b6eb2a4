import Core
import Postgres
import TestSupport
import Testing
import TradingContract

/// What is taken up again when it was left half done, however much of it there is.
@Suite struct ResumerTests {
  @Test("an old amendment that cannot be finished has nobody read the orders since")
  func oldAmendment() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    let trader = try fixture.trader()
    let order = try await fixture.running { try await trader.place(.buy, "10", at: "100") }
    let database = fixture.service.database.pool
    // Weeks ago an order that is amended now, and since then many that are over.
    try await database.execute(
      """
      INSERT INTO trading.orders SELECT (jsonb_populate_record(o, jsonb_build_object(
        'id', '01900000-0000-7000-8000-' || lpad(i::text, 12, '0'), 'client_order_id', 'old-' || i)
        || CASE i WHEN 0 THEN '{"state": "PENDING_REPLACE", "amended_quantity": 20}'::jsonb
             ELSE '{"state": "CANCELED"}'::jsonb END)).*
      FROM trading.orders o, generate_series(0, 3000) i WHERE o.id = \(order.orderID)
      """)
    fixture.funds.setAway(true)
    try await fixture.running {
      // PostgreSQL counts what was read once a second.
      try await Task.sleep(for: .milliseconds(2500))
    }
    let read: PostgresQuery = """
      SELECT (seq_tup_read + idx_tup_fetch)::int FROM pg_stat_user_tables
      WHERE schemaname = 'trading' AND relname = 'orders'
      """
    // The venue compares its books with all of them as it begins; some forty looks would be 120,000.
    let rows = try await fixture.count(read)
    #expect(rows < 20_000)
  }

  @Test("much that is pending is taken up without a pause, by two replicas, each order once")
  func backlog() async throws {
    let market = ScriptedMarket()
    let first = try await TradingFixture(market, settings: ["TRADING_PENDING_AGE": "600"])
    let user = TradingFixture.newUser()
    let count = 600
    try await first.running {
      let trader = try first.trader(user)
      try await trader.purse.fill()
      first.funds.setAway(true)
      try await withThrowingTaskGroup { group in
        for _ in 0..<count { group.addTask { _ = try await trader.place(.buy, "1", at: "1") } }
        try await group.waitForAll()
      }
    }
    #expect(try await first.count(Self.pending) == count)
    first.funds.setAway(false)
    // They look once, and then not again for ten minutes.
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "600"]
    let second = try await TradingFixture(market, settings: settings, beside: first)
    let third = try await TradingFixture(market, settings: settings, beside: first)
    try await second.running {
      try await third.running {
        try await eventually { try await first.count(Self.pending) == 0 }
      }
    }
    #expect(try await first.orderEvents() == count)
    let opened: PostgresQuery = """
      SELECT count(*) FROM trading.orders WHERE state = 'OPEN' AND version = 2
      """
    #expect(try await first.count(opened) == count)
    // One basis point of each, rounded up.
    #expect(
      try await first.funds.wallet("USD", of: user)[1] == Decimal(count) + (try Decimal("0.06")))
  }

  @Test("orders expire one beside the other while nobody answers who gives their funds back")
  func expiry() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_EXPIRY_INTERVAL": "0.05"])
    let database = fixture.service.database.pool
    let count = 40
    try await fixture.running {
      let trader = try fixture.trader()
      for _ in 0..<count { _ = try await trader.place(.buy, "1", at: "1") }
      fixture.funds.setSilent(true)
      try await database.execute(
        "UPDATE trading.orders SET expires_at = now(), version = version + 1")
      try await database.execute("UPDATE trading.working_orders SET expires_at = now()")
      // Each call would have a second.
      try await eventually(within: .seconds(count / 2)) {
        try await fixture.count("SELECT count(*) FROM trading.working_orders") == 0
      }
      fixture.funds.setSilent(false)
    }
  }

  private static let pending: PostgresQuery = """
    SELECT count(*) FROM trading.orders WHERE state = 'PENDING_NEW'
    """
}
