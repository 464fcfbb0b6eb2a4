import BrokerContract
import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

/// The database's answer to a COMMIT is lost.
@Suite struct LostConnectionTests {
  @Test func aLostCommitOfTheFirstStepIsRepeated() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      try await fixture.loseCommits(of: "INSERT ON trading.orders", times: 2)
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100", id: "a")
      #expect(order.status == .open)
      #expect(try await trader.orders() == [order])
    }
  }

  @Test func anOutcomeNobodyKnowsIsNotReportedAsFailure() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      try await fixture.loseCommits(of: "INSERT ON trading.orders", times: 1_000_000)
      let trader = try fixture.trader()
      let error = await failure { try await trader.place(.buy, "10", at: "100") }
      #expect(error?.code == .unknown && error?.errorInfo?.reason == "OUTCOME_UNKNOWN")
      // It says how to find out: by placing it again under the name that was made up for it.
      let name = try #require(error?.errorInfo?.metadata["client_order_id"])
      #expect(error?.message.contains(name) == true)
      try await fixture.loseNoMoreCommits()
      let order = try await trader.place(.buy, "10", at: "100", id: name)
      #expect(try await trader.orders() == [order])
    }
  }

  @Test func aLostCommitOfTheSecondStepIsRepeated() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      try await fixture.loseCommits(of: "UPDATE ON trading.orders", times: 2)
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100", id: "a")
      #expect(order.status == .open && order.version == 2)
      #expect(try await fixture.orderEvents() == 1)
    }
  }

  @Test("an order that cannot be opened now is accepted, and opened later")
  func theSecondStepIsResumed() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    try await fixture.running {
      try await fixture.loseCommits(of: "UPDATE ON trading.orders", times: 1_000_000)
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100", id: "a")
      #expect(order.status == .pendingNew)
      try await fixture.loseNoMoreCommits()
      _ = try await trader.wait(for: order.orderID, .open)
      #expect(try await fixture.orderEvents() == 1)
    }
  }

  @Test func aLostCommitOfAFillIsRepeated() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try await fixture.loseCommits(of: "INSERT ON trading.trades", times: 3)
      try fixture.market.quote(1, bid: "99", "9", ask: "100", "4")
      _ = try await trader.wait(for: order.orderID, filled: "4")
      try fixture.market.quote(2, bid: "99", "9", ask: "100", "6")
      _ = try await trader.wait(for: order.orderID, .filled)
      #expect(try await trader.trades().map(\.quoteSequence) == [2, 1])
      #expect(try await trader.positions().map(\.quantity) == [10])
    }
  }

  @Test func aLostCommitOfACancellationIsRepeated() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try await fixture.loseCommits(of: "UPDATE ON trading.orders", times: 1)
      #expect(try await trader.cancel(order.orderID).status == .canceled)
      #expect(try await fixture.orderEvents() == 2)
    }
  }

  @Test("an order whose giving over was lost is given over again, and routed once")
  func aLostCommitOfGivingOverIsRepeated() async throws {
    let fixture = try await TradingFixture(settings: RouteOrderTests.patient)
    try await fixture.running {
      try await fixture.loseCommits(of: "UPDATE ON trading.orders", times: 2)
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .open && order.version == 3)
      #expect(fixture.broker.routed.count == 1)
    }
  }

  @Test("an order that cannot be given over is not routed until it can")
  func givingOverIsResumed() async throws {
    let fixture = try await TradingFixture(settings: RouteOrderTests.patient)
    try await fixture.running {
      let trader = try fixture.trader()
      try await fixture.loseCommits(of: "UPDATE ON trading.orders", times: 1_000_000)
      let order = try await trader.place(.buy, "10", at: "100", id: "a")
      #expect(order.status == .pendingNew && fixture.broker.routed.isEmpty)
      try await fixture.loseNoMoreCommits()
      #expect(try await trader.place(.buy, "10", at: "100", id: "a").status == .open)
      #expect(fixture.broker.routed.count == 1)
    }
  }

  @Test func aLostCommitOfTheBrokersEventsIsRepeated() async throws {
    let fixture = try await TradingFixture(settings: RouteOrderTests.patient)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try await fixture.loseCommits(of: "INSERT ON trading.trades", times: 3)
      try await fixture.tell(.trade, of: order.orderID, last: "4", at: "99")
      _ = try await trader.wait(for: order.orderID, filled: "4")
      try await fixture.tell(.trade, of: order.orderID, last: "6", at: "100")
      _ = try await trader.wait(for: order.orderID, .filled)
      #expect(try await trader.trades().map(\.quantity) == [6, 4])
      #expect(try await fixture.count("SELECT count(*) FROM trading.dead_letters") == 0)
    }
  }
}

extension TradingFixture {
  /// Ends the session of the next transactions that do so, when they commit.
  ///
  /// - Parameter change: the event and the table of a trigger, such as `INSERT ON trading.orders`.
  fileprivate func loseCommits(of change: String, times: Int) async throws {
    for statement in [
      // A sequence counts what is rolled back, too.
      "CREATE SEQUENCE trading.lost_commits",
      """
      CREATE FUNCTION trading.lose_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF nextval('trading.lost_commits') <= \(times) THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NULL;
      END
      $$
      """,
      """
      CREATE CONSTRAINT TRIGGER lose_commit AFTER \(change) DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION trading.lose_commit()
      """,
    ] {
      try await service.database.pool.execute(PostgresQuery(unsafeSQL: statement))
    }
  }

  fileprivate func loseNoMoreCommits() async throws {
    try await service.database.pool.execute("DROP FUNCTION trading.lose_commit CASCADE")
  }
}
