import Core
import Events
import Kafka
import Logging
import Postgres
import Protobuf
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct EventConsumerTests {
  let fixture: ConsumerFixture

  init() async throws { fixture = try await ConsumerFixture() }

  @Test func repeatedRecordsAreAppliedOnceInOrder() async throws {
    try await fixture.publish(
      (1...50).flatMap { [fixture.tick(1, $0), fixture.tick(2, $0), fixture.tick(1, $0)] })
    try await fixture.publish((1...51).map { fixture.tick(1, $0) })
    let consumer = fixture.consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.effects(of: "k1").count == 51 }
      try await eventually { try await fixture.effects(of: "k2").count == 50 }
      #expect(try await fixture.effects(of: "k1") == Array(1...51))
      #expect(try await fixture.effects(of: "k2") == Array(1...50))
    }
  }

  /// What events cause leaves with the commit: a relay that looks by itself only once an hour has it at once.
  @Test func whatEventsCauseIsPublishedAtOnce() async throws {
    let outbox = fixture.outbox
    let effects = try BrokerFixture()
    var configuration = OutboxRelay.Configuration()
    configuration.pollInterval = .seconds(3600)
    configuration.auditInterval = .seconds(3600)
    let relay = outbox.relay(to: effects.connection, configuration)
    let consumer = fixture.consumer(causing: { events, transaction in
      for event in events {
        let sequence = event.envelope.headers.sequence
        outbox.outbox.append(
          Tick(seconds: sequence, nanos: 9), to: ticks, id: event.envelope.headers.eventID,
          at: .epoch, in: transaction)
      }
    })
    try await withBackground {
      await relay.run()
    } body: {
      try await withBackground {
        await consumer.run()
      } body: {
        // One after the other: the relay waits when the next is committed.
        for sequence in 1...3 as ClosedRange<Int64> {
          try await fixture.publish([fixture.tick(1, sequence)])
          #expect(await effects.messages(Int(sequence)).count == Int(sequence))
        }
      }
    }
  }

  /// What an instance leaves that dies between the database's commit and the offset's.
  @Test func anEventWhoseOffsetWasNotCommittedIsAppliedOnce() async throws {
    try await fixture.publish((1...5).map { fixture.tick(1, $0) })
    for sequence in 1...3 as ClosedRange<Int64> {
      try await fixture.outbox.pool.transaction { transaction in
        let headers = fixture.tick(1, sequence).headers
        let id = try #require(headers.first { $0.name == EventHeaders.Name.eventID }?.text)
        let isNew = try await Inbox(consumer: "effects")
          .admit(EventID(rawValue: id), in: transaction)
        #expect(isNew)
        transaction.send("INSERT INTO effects (key, sequence) VALUES ('k1', \(sequence))")
      }
    }
    let consumer = fixture.consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.effects(of: "k1").count >= 5 }
      #expect(try await fixture.effects(of: "k1") == [1, 2, 3, 4, 5])
    }
  }

  /// Instances come and go while records arrive: the partitions move, the effects do not repeat.
  @Test func instancesShareTheWork() async throws {
    let first = fixture.consumer()
    let second = fixture.consumer()
    let keys = 1...8 as ClosedRange<Int32>
    try await withBackground {
      await first.run()
    } body: {
      try await fixture.publish(keys.flatMap { key in (1...20).map { fixture.tick(key, $0) } })
      let other = Task { await second.run() }
      try await eventually { try await fixture.effects(of: "k1").count == 20 }
      try await fixture.publish(keys.flatMap { key in (21...40).map { fixture.tick(key, $0) } })
      try await eventually { try await fixture.effects(of: "k1").count == 40 }
      other.cancel()
      await other.value
      try await fixture.publish(keys.flatMap { key in (41...60).map { fixture.tick(key, $0) } })
      for key in keys {
        try await eventually { try await fixture.effects(of: "k\(key)").count == 60 }
        #expect(try await fixture.effects(of: "k\(key)") == Array(1...60))
      }
    }
  }

  /// The broker comes back empty at another address, and is refilled from the outbox.
  @Test func theLossOfTheBrokerRepeatsNothing() async throws {
    let brokers = try MovingBrokers()
    let connection = brokers.connection
    try brokers.move(to: fixture.broker.cluster)
    let consumer = fixture.consumer(connection: connection)
    let relay = fixture.outbox.relay(to: connection)
    try await withBackground {
      await withTaskGroup { group in
        group.addTask { await consumer.run() }
        group.addTask { await relay.run() }
      }
    } body: {
      try await fixture.outbox.commit(1, count: 10)
      try await eventually { try await fixture.effects(of: "k1").count == 10 }
      fixture.broker.cluster.stop()
      let next = try brokers.start(topics: ["ticks": 3, "ticks.dlq": 1])
      try await fixture.outbox.commit(1, count: 10)
      try await eventually { try await fixture.effects(of: "k1").count >= 20 }
      #expect(try await fixture.effects(of: "k1") == Array(1...20))
      next.stop()
    }
  }

  /// A broker that knows less than was committed is another one, whatever its address: it is read anew from there.
  @Test func aBrokerThatForgotAtTheSameAddressIsReadAgain() async throws {
    var settings = KafkaConsumer.Configuration(group: "effects")
    settings.startsAtBeginning = true
    let other = try KafkaConsumer(fixture.broker.connection, settings)
    let read = Mutex<[String: Int]>([:])
    let consumer = fixture.consumer { events in
      read.withLock { read in
        for envelope in events.map(\.envelope) {
          read["\(envelope.key) \(envelope.headers.sequence)", default: 0] += 1
        }
      }
    }
    let partitions = (0..<3).map { KafkaPartition(topic: "ticks", partition: $0) }
    try await withBackground {
      await consumer.run()
    } body: {
      try await fixture.publish((1...20).map { fixture.tick(1, $0) })
      try await eventually {
        try await other.committed(of: partitions).values.contains(20)
      }
      // As if it had come back empty, and had been refilled with half of it.
      let partition = try #require(try await other.committed(of: partitions).keys.first)
      try await other.commit([partition: 10])
      try await fixture.outbox.pool.execute(
        "DELETE FROM inbox WHERE event_id = '00000000-0000-7000-8000-000001000015'")
      try await fixture.publish([fixture.tick(1, 21)])
      try await eventually { try await fixture.effects(of: "k1").last == 21 }
      #expect(try await fixture.effects(of: "k1") == Array(1...20) + [15, 21])
      #expect(read.withLock { $0["k1 15"] } == 2)
    }
    await other.close()
  }
}
