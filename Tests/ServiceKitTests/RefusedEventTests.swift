import Core
import Events
import Kafka
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// What the broker does not take holds up its key, says so, and can be given up.
@Suite(.timeLimit(.minutes(5))) struct RefusedEventTests {
  @Test func aRefusedEventIsShownAndGivenUp() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    var configuration = OutboxRelay.Configuration()
    configuration.refusalInterval = .milliseconds(200)
    let relay = fixture.relay(to: broker.connection, configuration)
    try await fixture.pool.execute(
      """
      INSERT INTO outbox (
        event_id, topic, key, sequence, event_type, payload, content_type, occurred_at)
      VALUES (gen_random_uuid(), 'ticks', 'k1', 0, 'large', \([UInt8](repeating: 7, count: 2_000_000)),
        'application/json', now())
      """)
    try await fixture.commit(1, count: 2)
    try await fixture.commit(2, count: 2)
    let refused = RefusedEvents(fixture.pool)
    #expect(try await refused.count() == 0)
    try await withBackground {
      await relay.run()
    } body: {
      #expect(try sequences(of: "k2", in: await broker.messages(2)) == [1, 2])
      try await eventually { try await (refused.list(limit: 10).first?.attempts ?? 0) >= 2 }
      let events = try await refused.list(limit: 10)
      #expect(events.count == 1)
      let event = try #require(events.first)
      #expect(event.eventType == "large")
      #expect(event.key == "k1")
      #expect(event.waiting == 2)
      #expect(event.payload.count == 2_000_000)
      #expect(event.reason.contains("too large"), "\(event.reason)")
      #expect(try await refused.count() == 1)
      #expect(try await refused.find(event.id)?.eventID == event.eventID)
      #expect(try await refused.list(after: event.id, limit: 10).isEmpty)

      // Only what is refused can be given up: not what waits behind it, and nothing twice.
      #expect(try await refused.discard(event.id + 1) == nil)
      #expect(try await fixture.unpublished() == 3)
      #expect(try await refused.discard(event.id) == 2)
      #expect(try sequences(of: "k1", in: await broker.messages(4)) == [1, 2])
      #expect(try await refused.discard(event.id) == nil)
      #expect(try await refused.count() == 0)
      #expect(try await refused.list(limit: 10).isEmpty)
    }
  }

  /// What one broker took, the next may refuse when it is refilled: its key waits like any, and is seen; no other
  /// key waits, and nothing is repeated meanwhile.
  @Test func whatIsRefusedInARefillHoldsUpItsKeyOnly() async throws {
    let fixture = try await OutboxFixture()
    let brokers = try MovingBrokers()
    let connection = brokers.connection
    let first = try brokers.start()
    var configuration = OutboxRelay.Configuration()
    configuration.deliveryTimeout = .seconds(1)
    configuration.refusalInterval = .milliseconds(200)
    let relay = fixture.relay(to: connection, configuration)
    let refused = RefusedEvents(fixture.pool)
    try await withBackground {
      await relay.run()
    } body: {
      try await fixture.commit(1, count: 3)
      try await fixture.commit(2, count: 2)
      try await eventually { try await fixture.unpublished() == 0 }
      first.stop()
      try await fixture.pool.execute(
        """
        UPDATE outbox SET payload = \([UInt8](repeating: 7, count: 2_000_000))
        WHERE key = 'k1' AND sequence = 2
        """)
      try await fixture.commit(1)
      try await fixture.commit(2)
      let second = try brokers.start()
      let broker = BrokerFixture(second, connection)

      try await eventually { try await (refused.list(limit: 10).first?.attempts ?? 0) >= 3 }
      let event = try #require(try await refused.list(limit: 10).first)
      #expect(event.key == "k1")
      #expect(event.sequence == 2)
      #expect(event.waiting == 2)
      #expect(try await refused.count() == 1)
      #expect(try await fixture.pool.query("SELECT FROM outbox_refills").isEmpty)
      try await eventually { try await fixture.unpublished() == 3 }
      let held = try await broker.everything()
      #expect(try sequences(of: "k1", in: held) == [1])
      #expect(try sequences(of: "k2", in: held) == [1, 2, 3])

      #expect(try await refused.discard(event.id) == 2)
      try await eventually { try await fixture.unpublished() == 0 }
      #expect(try sequences(of: "k1", in: try await broker.everything()) == [1, 3, 4])
    }
  }

  /// What the broker takes in the end is no refused event any more, and cannot be given up.
  @Test func whatIsPublishedInTheEndIsNotRefused() async throws {
    let fixture = try await OutboxFixture()
    try await fixture.commit(1)
    let id = try await fixture.pool.query("SELECT id FROM outbox").one().decode(Int64.self, "id")
    try await fixture.pool.transaction { transaction in
      OutboxQueries(service: "test", transaction: transaction).refuse(id, because: "too large")
    }
    let refused = RefusedEvents(fixture.pool)
    #expect(try await refused.count() == 1)
    try await fixture.pool.execute("UPDATE outbox SET published_at = now()")
    #expect(try await refused.count() == 0)
    #expect(try await refused.find(id) == nil)
    #expect(try await refused.discard(id) == nil)
    #expect(try await fixture.pool.query("SELECT FROM outbox").count == 1)
    // Its mark goes with its row.
    try await fixture.pool.execute("DELETE FROM outbox")
    #expect(try await fixture.pool.query("SELECT FROM outbox_refusals").isEmpty)
  }
}
