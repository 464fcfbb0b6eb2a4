import Events
import Kafka
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct OutboxRelayTests {
  @Test func publishesWhatIsCommittedInTheOrderOfEachKey() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    let ids = try await fixture.commit(1, count: 3)
    let relay = fixture.relay(to: broker.connection)
    try await withBackground {
      await relay.run()
    } body: {
      try await fixture.commit(2, count: 600)
      let later = try await fixture.commit(1, count: 3)
      let messages = await broker.messages(606)
      #expect(try sequences(of: "k1", in: messages) == Array(1...6))
      #expect(try sequences(of: "k2", in: messages) == Array(1...600))
      let first = messages.filter { EventRecord.key(of: $0) == "k1" }
      #expect(try eventIDs(in: first) == ids + later)
      #expect(try EventRecord.headers(of: first[0]).producer == "test")
      try await eventually { try await fixture.unpublished() == 0 }
    }
  }

  /// Ids are drawn in one order and committed in another: nothing is passed over.
  @Test func aTransactionThatCommitsLateIsNotSkipped() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    let relay = fixture.relay(to: broker.connection)
    try await withBackground {
      await relay.run()
    } body: {
      let late = try await fixture.pool.transaction { transaction in
        let late = try await fixture.append(1, in: transaction)
        try await transaction.query("SELECT 1")
        // Drawn later, committed earlier.
        try await fixture.commit(2, count: 5)
        try await eventually {
          try await fixture.published() == 5
        }
        return late
      }
      let messages = await broker.messages(6)
      #expect(try sequences(of: "k2", in: messages) == [1, 2, 3, 4, 5])
      #expect(try eventIDs(in: messages.filter { EventRecord.key(of: $0) == "k1" }) == [late])
    }
  }

  @Test func aRecordThatTheBrokerRefusesHoldsUpItsKeyOnly() async throws {
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
    try await withBackground {
      await relay.run()
    } body: {
      #expect(try sequences(of: "k2", in: await broker.messages(2)) == [1, 2])
      #expect(try await fixture.unpublished() == 3)
      try await fixture.pool.execute("DELETE FROM outbox WHERE event_type = 'large'")
      #expect(try sequences(of: "k1", in: await broker.messages(4)) == [1, 2])
    }
  }

  @Test func eventsOfAMissingTopicWaitForIt() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture(topics: [:])
    try await fixture.commit(1, count: 2)
    var configuration = OutboxRelay.Configuration()
    configuration.auditInterval = .milliseconds(100)
    let relay = fixture.relay(to: broker.connection, configuration)
    try await withBackground {
      await relay.run()
    } body: {
      try broker.cluster.createTopic("ticks", partitions: 3)
      #expect(try sequences(of: "k1", in: await broker.messages(2)) == [1, 2])
    }
  }

  /// Two relays, and sessions that end at any moment: order holds, and nothing is lost.
  @Test func relaysTakeOverFromEachOther() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    let relays = [fixture.relay(to: broker.connection), fixture.relay(to: broker.connection)]
    try await withBackground {
      await withTaskGroup { group in
        for relay in relays { group.addTask { await relay.run() } }
      }
    } body: {
      for round in 1...10 {
        for key in 1...4 as ClosedRange<Int32> { try await fixture.commit(key, count: 10) }
        guard round % 3 == 0 else { continue }
        // Whoever holds the lock dies, perhaps between the acknowledgement and the mark.
        try await fixture.database.pool.execute(
          """
          SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE locktype = 'advisory' AND database = (
            SELECT oid FROM pg_database WHERE datname = current_database())
          """)
      }
      try await eventually { try await fixture.unpublished() == 0 }
      let messages = try await broker.everything()
      for key in 1...4 {
        let all = try sequences(of: "k\(key)", in: messages)
        // Repeats go back a little; without them every event is there once, in order.
        var highest: Int64 = 0
        for sequence in all {
          #expect(sequence <= highest + 1)
          highest = max(highest, sequence)
        }
        #expect(highest == 100)
      }
    }
  }

  @Test func twoRelaysRepeatNothing() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    let relays = [fixture.relay(to: broker.connection), fixture.relay(to: broker.connection)]
    try await withBackground {
      await withTaskGroup { group in
        for relay in relays { group.addTask { await relay.run() } }
      }
    } body: {
      try await withThrowingTaskGroup { group in
        for key in 1...4 as ClosedRange<Int32> {
          group.addTask { try await fixture.commit(key, count: 50) }
        }
        try await group.waitForAll()
      }
      try await eventually { try await fixture.unpublished() == 0 }
      let messages = try await broker.everything()
      for key in 1...4 {
        #expect(try sequences(of: "k\(key)", in: messages) == Array(1...50))
      }
    }
  }

  @Test func flushingPublishesWhatIsLeft() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    let relay = fixture.relay(to: broker.connection)
    try await fixture.commit(1, count: 1_200)
    await relay.flush(within: .seconds(60))
    #expect(try await fixture.unpublished() == 0)
    #expect(try sequences(of: "k1", in: try await broker.everything()) == Array(1...1_200))
    await relay.close()
  }
}
