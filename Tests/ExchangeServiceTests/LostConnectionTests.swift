import Core
import ExchangeContract
import ExchangeDomain
import Postgres
import ProcessKit
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import ExchangeService

/// The database's answer to a COMMIT is lost.
@Suite struct LostConnectionTests {
  @Test("a submission whose commit is lost is made again, and is there once")
  func submission() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      try await fixture.loseCommits(of: "INSERT ON exchange.orders", times: 2)
      let order = try await fixture.sender().submit(.buy, "10", at: "100", name: "a")
      #expect(order.status == .open)
      #expect(try await fixture.sender().find("a").order == order)
      #expect(try await fixture.count("SELECT count(*) FROM exchange.orders") == 1)
    }
  }

  @Test(
    "what a lost answer told is found by the attempt behind it, however late"
  )
  func submissionThatWasCommitted() async throws {
    let fixture = try await ExchangeFixture()
    let store = ExchangeStore(
      database: fixture.service.environment.database, clock: SystemClock(), crashPoints: .none)
    let id = OrderID(UUIDv7.make(now: SystemClock().now))
    let name = AccountName(rawValue: "sim")
    let receiveUntil = try await fixture.now() + .seconds(2)
    let submit = {
      try await store.submit(
        Submission(
          clientOrderID: ClientOrderID(rawValue: "a"),
          terms: OrderTerms(
            symbol: Symbol(rawValue: "FB"), side: .buy, quantity: try Quantity(10),
            limitPrice: try Price(100), expiresAt: nil),
          receiveUntil: receiveUntil),
        id: id, instrument: nil, of: name)
    }
    let order = try await submit()
    try await eventually { try await fixture.now() > receiveUntil }
    #expect(try await submit() == order)
    #expect(try await fixture.count("SELECT count(*) FROM exchange.execution_reports") == 1)
  }

  @Test("an outcome that nobody knows is not told as a refusal")
  func unknownOutcome() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      try await fixture.loseCommits(of: "INSERT ON exchange.orders", times: 1_000_000)
      let error = await failure {
        try await fixture.sender().submit(.buy, "10", at: "100", name: "a")
      }
      #expect(error?.code == .unknown && error?.errorInfo?.reason == "OUTCOME_UNKNOWN")
      #expect(try await fixture.sender().find("a").order == nil)
    }
  }

  @Test func aTradeIsMadeOnce() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let order = try await fixture.sender().submit(.buy, "10", at: "100")
      try await fixture.loseCommits(of: "UPDATE ON exchange.orders", times: 3)
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "4")
      try await fixture.sender().wait(for: order, .partiallyFilled, filled: 4)
      try fixture.market.quote(2, bid: "99", "0", ask: "100", "6")
      try await fixture.sender().wait(for: order, .filled)
      #expect(try await fixture.sender().reports(3).map(\.lastQuantity) == [nil, 4, 6])
    }
  }

  @Test func aCancellationIsReportedOnce() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let order = try await fixture.sender().submit(.buy, "10", at: "100")
      try await fixture.loseCommits(of: "UPDATE ON exchange.orders", times: 1)
      #expect(try await fixture.sender().cancel(order.exchangeOrderID).status == .canceled)
      #expect(try await fixture.count("SELECT count(*) FROM exchange.execution_reports") == 2)
    }
  }
}

extension ExchangeFixture {
  /// Ends the session of the next transactions that do so, when they commit.
  ///
  /// - Parameter change: the event and the table of a trigger, such as `INSERT ON exchange.orders`.
  fileprivate func loseCommits(of change: String, times: Int) async throws {
    for statement in [
      // A sequence counts what is rolled back, too.
      "CREATE SEQUENCE exchange.lost_commits",
      """
      CREATE FUNCTION exchange.lose_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF nextval('exchange.lost_commits') <= \(times) THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NULL;
      END
      $$
      """,
      """
      CREATE CONSTRAINT TRIGGER lose_commit AFTER \(change) DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION exchange.lose_commit()
      """,
    ] {
      try await service.database.pool.execute(PostgresQuery(unsafeSQL: statement))
    }
  }
}
