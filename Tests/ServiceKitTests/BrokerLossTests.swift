import Events
import Kafka
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// What happens to events while the broker is gone, and after it came back with nothing.
@Suite(.timeLimit(.minutes(5))) struct BrokerLossTests {
  /// The one that matters: each event arrives once, in order, whatever the broker does.
  @Test func aSubscriberSeesEachEventOnceThroughTheLossOfTheBroker() async throws {
    let fixture = try await OutboxFixture()
    let brokers = try MovingBrokers()
    let connection = brokers.connection
    let first = try brokers.start()
    var configuration = OutboxRelay.Configuration()
    configuration.deliveryTimeout = .seconds(1)
    let relay = fixture.relay(to: connection, configuration)
    let broadcast = EventBroadcast(
      ticks, connection: connection,
      history: fixture.outbox.history(of: ticks, in: fixture.pool), logger: .quiet)
    let reader = broadcast.subscribe(to: "k1")
    try await withBackground {
      await withTaskGroup { group in
        group.addTask { await relay.run() }
        group.addTask { await broadcast.run() }
      }
    } body: {
      var events = reader.events(after: 0).makeAsyncIterator()
      try await fixture.commit(1, count: 20)
      for expected in 1...20 as ClosedRange<Int64> {
        #expect(try await events.next()?.headers.sequence == expected)
      }

      first.stop()
      let committed = try await fixture.commit(1, count: 20)
      #expect(try await fixture.unpublished() == 20)

      let second = try brokers.start()
      for (index, id) in committed.enumerated() {
        let event = try await events.next()
        #expect(event?.headers.sequence == Int64(21 + index))
        #expect(event?.headers.eventID == id)
      }
      // The broker holds again what it held, each once, in order.
      try await eventually { try await fixture.unpublished() == 0 }
      let broker = BrokerFixture(second, connection)
      #expect(try sequences(of: "k1", in: try await broker.everything()) == Array(1...40))
    }
  }

  /// What is on its way to a broker that went is not waited for: there is another one.
  @Test func whatIsOnItsWayFollowsTheBrokers() async throws {
    let fixture = try await OutboxFixture()
    let brokers = try MovingBrokers()
    let connection = brokers.connection
    let first = try brokers.start()
    var configuration = OutboxRelay.Configuration()
    configuration.deliveryTimeout = .seconds(60)
    let relay = fixture.relay(to: connection, configuration)
    try await withBackground {
      await relay.run()
    } body: {
      try await fixture.commit(1)
      try await eventually { try await fixture.unpublished() == 0 }
      // It takes records, and never answers.
      first.setRoundTrip(.seconds(60))
      try await fixture.commit(1)
      try await Task.sleep(for: .milliseconds(300))
      let second = try brokers.start()
      try await eventually(within: .seconds(20)) { try await fixture.unpublished() == 0 }
      let broker = BrokerFixture(second, connection)
      #expect(try sequences(of: "k1", in: try await broker.everything()) == [1, 2])
    }
  }

  /// Nothing new is committed: the loss is noticed all the same.
  @Test func anEmptyBrokerIsRefilledWithoutNewEvents() async throws {
    let fixture = try await OutboxFixture()
    let brokers = try MovingBrokers()
    let connection = brokers.connection
    let first = try brokers.start()
    let relay = fixture.relay(to: connection)
    try await withBackground {
      await relay.run()
    } body: {
      let ids = try await fixture.commit(1, count: 700)
      try await eventually { try await fixture.unpublished() == 0 }
      first.stop()
      let second = try brokers.start()
      let broker = BrokerFixture(second, connection)
      let messages = await broker.messages(700)
      #expect(try eventIDs(in: messages) == ids)
      try await eventually {
        try await fixture.pool.query("SELECT FROM outbox_refills").isEmpty
      }
      #expect(try await broker.everything().count == 700)
    }
  }

  /// A refill that was interrupted goes on where it was, by whichever relay works next.
  @Test func aRefillIsTakenOver() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    try await fixture.commit(1, count: 1_200)
    try await fixture.pool.execute("UPDATE outbox SET published_at = now()")
    try await fixture.pool.execute(
      "INSERT INTO outbox_refills SELECT 'ticks', 500, max(id) FROM outbox")
    try await fixture.commit(1, count: 3)
    await fixture.relay(to: broker.connection).flush(within: .seconds(60))
    let relay = fixture.relay(to: broker.connection)
    try await withBackground {
      await relay.run()
    } body: {
      try await eventually { try await fixture.unpublished() == 0 }
    }
    let all = try sequences(of: "k1", in: try await broker.everything())
    #expect(all == Array(501...1_203))
  }

  /// Events that the topic would have dropped by now are not published again.
  @Test func aRefillKeepsToTheRetention() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    try await fixture.commit(1, count: 10)
    try await fixture.pool.execute(
      """
      UPDATE outbox SET published_at = now(),
        created_at = now() - CASE WHEN sequence <= 4 THEN interval '2 hours' ELSE '0' END
      """)
    try await fixture.pool.execute("INSERT INTO outbox_positions VALUES ('ticks', 0, 1000)")
    let topic = TopicSpecification(name: "ticks", partitions: 3, retention: .hours(1))
    let relay = OutboxRelay(
      fixture.outbox, topics: [topic], database: fixture.pool, kafka: broker.connection,
      logger: .quiet)
    try await withBackground {
      await relay.run()
    } body: {
      let all = try sequences(of: "k1", in: await broker.messages(6))
      #expect(all == Array(5...10))
    }
  }

  /// The broker lost its records behind an address that did not change: the answers tell.
  @Test func offsetsThatWereGivenBeforeTellOfALoss() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    let relay = fixture.relay(to: broker.connection)
    try await withBackground {
      await relay.run()
    } body: {
      try await fixture.commit(1, count: 5)
      try await eventually { try await fixture.unpublished() == 0 }
      // As if the broker had held a thousand records before.
      try await fixture.pool.execute("UPDATE outbox_positions SET next_offset = 1000")
      try await fixture.commit(1)
      try await eventually { try await fixture.unpublished() == 0 }
      let all = try sequences(of: "k1", in: try await broker.everything())
      #expect(all.suffix(6) == [1, 2, 3, 4, 5, 6])
    }
  }
}
