import Events
import Kafka
import Logging
import ServiceKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct EventBroadcastTests {
  let fixture = FixtureHistory()

  /// A publisher of ticks in the place of a relay.
  private func publish(_ records: [KafkaRecord], to cluster: MockCluster) async throws {
    let producer = try KafkaProducer(
      KafkaConnection(
        brokers: try KafkaBrokers(cluster.address), clientID: "test", logger: .quiet))
    for outcome in await producer.publish(records) { _ = try outcome.get() }
    await producer.close()
  }

  @Test func everySubscriberOfAKeySeesItsEvents() async throws {
    let cluster = try MockCluster(topics: ["ticks": 3], logger: .quiet)
    let connection = KafkaConnection(
      brokers: try KafkaBrokers(cluster.address), clientID: "test", logger: .quiet)
    let broadcast = EventBroadcast(
      ticks, connection: connection, history: fixture.history, logger: .quiet)
    let readers = ["a", "a", "b"].map { broadcast.subscribe(to: $0) }
    try await withBackground {
      await broadcast.run()
    } body: {
      try await publish(
        (1...50).flatMap { [record("a", $0), record("b", $0), record("c", $0)] }, to: cluster)
      for reader in readers {
        var seen: [Int64] = []
        for try await event in reader.events(after: 0) {
          seen.append(event.headers.sequence)
          if seen.count == 50 { break }
        }
        #expect(seen == Array(1...50))
      }
    }
  }

  @Test func whoComesAfterTheEndIsToldSo() async throws {
    let cluster = try MockCluster(topics: ["ticks": 3], logger: .quiet)
    let connection = KafkaConnection(
      brokers: try KafkaBrokers(cluster.address), clientID: "test", logger: .quiet)
    let broadcast = EventBroadcast(
      ticks, connection: connection, history: fixture.history, logger: .quiet)
    let early = broadcast.subscribe(to: "a")
    await withTaskGroup { group in
      group.addTask { await broadcast.run() }
      group.cancelAll()
    }
    for reader in [early, broadcast.subscribe(to: "a")] {
      for try await event in reader.events(after: 0) { Issue.record("\(event.key) came") }
    }
  }

  /// The broker stops, comes back empty at another address, and is refilled: each event once.
  @Test func aBrokerThatLostEverythingRepeatsNothing() async throws {
    let brokers = try MovingBrokers()
    let first = try brokers.start()
    let connection = brokers.connection
    let broadcast = EventBroadcast(
      ticks, connection: connection, history: fixture.history, logger: .quiet)
    let reader = broadcast.subscribe(to: "a")
    try await withBackground {
      await broadcast.run()
    } body: {
      var events = reader.events(after: 0).makeAsyncIterator()
      try await publish((1...5).map { record("a", $0) }, to: first)
      for expected in 1...5 as ClosedRange<Int64> {
        #expect(try await events.next()?.headers.sequence == expected)
      }
      first.stop()
      try await Task.sleep(for: .milliseconds(300))
      let second = try brokers.start()
      try await publish((1...8).map { record("a", $0) }, to: second)
      for expected in 6...8 as ClosedRange<Int64> {
        #expect(try await events.next()?.headers.sequence == expected)
      }
    }
  }

  @Test func aTopicMayComeLater() async throws {
    let cluster = try MockCluster(logger: .quiet)
    let connection = KafkaConnection(
      brokers: try KafkaBrokers(cluster.address), clientID: "test", logger: .quiet)
    let broadcast = EventBroadcast(
      ticks, connection: connection, history: fixture.history, logger: .quiet)
    let reader = broadcast.subscribe(to: "a")
    try await withBackground {
      await broadcast.run()
    } body: {
      try await Task.sleep(for: .milliseconds(300))
      try cluster.createTopic("ticks", partitions: 3)
      try await publish([record("a", 1)], to: cluster)
      var events = reader.events(after: 0).makeAsyncIterator()
      #expect(try await events.next()?.headers.sequence == 1)
    }
  }
}
