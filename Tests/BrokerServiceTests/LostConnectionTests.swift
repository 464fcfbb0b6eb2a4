import BrokerContract
import Core
import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing

/// The database's answer to a COMMIT is lost.
@Suite struct LostConnectionTests {
  private static let late = BrokerFixture.window + .milliseconds(1)

  @Test("an order is stored again, and sent once")
  func routing() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.loseCommits(of: "INSERT ON broker.routed_orders", times: 2)
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .open)
    #expect(fixture.exchange.network.calls(of: "SubmitExchangeOrder") == 1)
  }

  @Test("an order of which nobody knows whether it is stored is not sent")
  func unknownOutcome() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.loseCommits(of: "INSERT ON broker.routed_orders", times: 1_000_000)
    let request = try BrokerV1.RouteOrderRequest.order()
    let error = await failure { try await fixture.route(request) }
    #expect(error?.code == .unknown && error?.errorInfo?.reason == "OUTCOME_UNKNOWN")
    #expect(fixture.exchange.network.calls(of: "SubmitExchangeOrder") == 0)
    try await fixture.loseNoMoreCommits()
    #expect(try await fixture.route(request).status == .open)
    #expect(fixture.exchange.submissions.count == 1)
  }

  @Test("a report is applied again, and told of once")
  func reports() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    try fixture.exchange.fill(request.clientOrderID, 4, at: 99)
    try fixture.exchange.fill(request.clientOrderID, 6, at: 99)
    // More often than a transaction is tried: the stream is opened anew, too.
    try await fixture.loseCommits(of: "UPDATE ON broker.connections", times: 12)
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "FILLED") }
    #expect(try await fixture.order(request.clientOrderID).filledQuantity == 10)
    #expect(try await fixture.events().map(\.sequence) == [1, 2, 3])
    #expect(try await fixture.events().map(\.reportSequence) == [1, 2, 3])
  }

  @Test("a submission that could not be stored is not sent, until it is")
  func resubmission() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseRequests(of: "SubmitExchangeOrder", 1)
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    fixture.clock.advance(by: Self.late)
    try await fixture.loseCommits(of: "UPDATE ON broker.routed_orders", times: 1_000_000)
    try await fixture.running {
      let looks = fixture.exchange.findCount
      try await eventually { fixture.exchange.findCount >= looks + 3 }
      #expect(fixture.exchange.network.calls(of: "SubmitExchangeOrder") == 1)
      try await fixture.loseNoMoreCommits()
      try await fixture.wait(for: request.clientOrderID, "OPEN")
    }
    #expect(fixture.exchange.submissions.count == 1 && fixture.exchange.isSafe)
    #expect(try await fixture.order(request.clientOrderID).submissions == 2)
  }

  @Test("an order that ends here ends once, and so does one that never arrived")
  func ends() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.loseCommits(of: "UPDATE ON broker.connections", times: 3)
    let marked = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.cancel(marked).status == .canceled)
    fixture.exchange.network.loseRequests(of: "SubmitExchangeOrder", 1)
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    _ = try await fixture.cancel(request)
    fixture.clock.advance(by: Self.late)
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "CANCELED") }
    let events = try await fixture.events()
    #expect(events.map(\.clientOrderID) == [marked.clientOrderID, request.clientOrderID])
    #expect(events.map(\.sequence) == [1, 2])
  }
}

extension BrokerFixture {
  /// Ends the session of the next transactions that do so, when they commit.
  ///
  /// - Parameter change: the event and the table of a trigger, such as `INSERT ON broker.routed_orders`.
  fileprivate func loseCommits(of change: String, times: Int) async throws {
    for statement in [
      // A sequence counts what is rolled back, too.
      "CREATE SEQUENCE broker.lost_commits",
      """
      CREATE FUNCTION broker.lose_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF nextval('broker.lost_commits') <= \(times) THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NULL;
      END
      $$
      """,
      """
      CREATE CONSTRAINT TRIGGER lose_commit AFTER \(change) DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION broker.lose_commit()
      """,
    ] {
      try await service.database.pool.execute(PostgresQuery(unsafeSQL: statement))
    }
  }

  fileprivate func loseNoMoreCommits() async throws {
    try await service.database.pool.execute("DROP FUNCTION broker.lose_commit CASCADE")
  }
}
