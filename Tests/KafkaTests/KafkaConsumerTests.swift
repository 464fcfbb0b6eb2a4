import Kafka
import TestSupport
import Testing

@Suite struct KafkaConsumerTests {
  @Test func recordsComeBackAsTheyWere() async throws {
    let fixture = try KafkaFixture(partitions: 1)
    let producer = try fixture.producer()
    var record = fixture.record("k", "value")
    record.headers = [
      KafkaHeader("a", "1"), KafkaHeader("a", "2"), KafkaHeader(name: "none", value: nil),
      KafkaHeader(name: "empty", value: []), KafkaHeader(name: "bytes", value: [0, 255]),
    ]
    _ = try await producer.publish(record)
    _ = try await producer.publish(KafkaRecord(topic: "t", key: [], value: []))
    let consumer = try KafkaConsumer(fixture.connection)
    try await consumer.assign([KafkaPartition(topic: "t", partition: 0): .beginning])
    let messages = await consumer.messages(2)
    #expect(messages.map(\.offset) == [0, 1])
    let first = try #require(messages.first)
    #expect(first.key == Array("k".utf8))
    #expect(first.text == "value")
    #expect(first.headers == record.headers)
    #expect(first.timestampMilliseconds != nil)
    await consumer.close()
    await producer.close()
  }

  @Test func everyReaderWithoutAGroupSeesAllPartitionsInOrder() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer()
    _ = await producer.publish((0..<300).map { fixture.record("k\($0 % 5)", "\($0)") })
    for _ in 0..<2 {
      let consumer = try KafkaConsumer(fixture.connection)
      try await consumer.assign(
        Dictionary(
          uniqueKeysWithValues: (0..<3).map {
            (KafkaPartition(topic: "t", partition: $0), .beginning)
          }))
      let messages = await consumer.messages(300)
      for key in 0..<5 {
        let seen = messages.filter { $0.key == Array("k\(key)".utf8) }.map(\.text)
        #expect(seen == stride(from: key, to: 300, by: 5).map { "\($0)" })
      }
      await consumer.close()
    }
    await producer.close()
  }

  @Test func aCommitEndsThoughTheBrokerIsGone() async throws {
    let fixture = try KafkaFixture(partitions: 1)
    let partition = KafkaPartition(topic: "t", partition: 0)
    let producer = try fixture.producer()
    _ = await producer.publish([fixture.record("k", "0")])
    let consumer = try KafkaConsumer(fixture.connection, KafkaConsumer.Configuration(group: "g"))
    try await consumer.assign([partition: .beginning])
    #expect(await consumer.messages(1).count == 1)

    fixture.cluster.setDown()
    await #expect(throws: KafkaError.self) {
      try await consumer.commit([partition: 1], timeout: .milliseconds(200))
    }
    try fixture.cluster.setUp()
    await consumer.close()
    await producer.close()
  }

  /// The broker keeps what is committed of a group that nobody joins.
  @Test func whatWasCommittedIsKnownToOthers() async throws {
    let fixture = try KafkaFixture(partitions: 2)
    let partition = KafkaPartition(topic: "t", partition: 0)
    let other = KafkaPartition(topic: "t", partition: 1)
    let settings = KafkaConsumer.Configuration(group: "g")
    let first = try KafkaConsumer(fixture.connection, settings)
    #expect(try await first.committed(of: [partition, other]).isEmpty)
    try await first.commit([partition: 6])
    await first.close()

    let second = try KafkaConsumer(fixture.connection, settings)
    #expect(try await second.committed(of: [partition, other]) == [partition: 6])
    try await second.commit([partition: 3, other: 1])
    #expect(try await second.committed(of: [partition, other]) == [partition: 3, other: 1])
    await second.close()
  }

  @Test func anOffsetTheBrokerDoesNotHoldStopsThePartition() async throws {
    let fixture = try KafkaFixture(partitions: 1)
    let partition = KafkaPartition(topic: "t", partition: 0)
    let producer = try fixture.producer()
    _ = await producer.publish((0..<3).map { fixture.record("k", "\($0)") })
    let consumer = try KafkaConsumer(fixture.connection)
    try await consumer.assign([partition: .at(500)])
    let stopped = try await consumer.untilStopped()
    #expect(stopped.0 == partition)
    #expect(stopped.1.code == .noOffset)
    await consumer.close()

    var settings = KafkaConsumer.Configuration()
    settings.startsAtBeginning = true
    let other = try KafkaConsumer(fixture.connection, settings)
    try await other.assign([partition: .at(500)])
    #expect(await other.messages(3).map(\.text) == ["0", "1", "2"])
    await other.close()
    await producer.close()
  }

  /// All the partitions of a topic are taken up at once, however few of them have ever had a record.
  @Test func emptyPartitionsDoNotHoldUpTheOthers() async throws {
    let fixture = try KafkaFixture(partitions: 12)
    let producer = try fixture.producer()
    var settings = KafkaConsumer.Configuration(group: "g")
    settings.startsAtBeginning = true
    let consumer = try KafkaConsumer(fixture.connection, settings)
    try await consumer.assign(
      Dictionary(
        uniqueKeysWithValues: (0..<12).map { (KafkaPartition(topic: "t", partition: $0), .at(9)) }))
    _ = await producer.publish([fixture.record("k", "0")])
    #expect(await consumer.messages(1).map(\.text) == ["0"])
    await consumer.close()
    await producer.close()
  }

  @Test("a poll ends before the record that is too much, which the next begins with")
  func bytesLimit() async throws {
    let fixture = try KafkaFixture(partitions: 1)
    let producer = try fixture.producer()
    // One has more than all of a poll may have; those behind it have exactly as much.
    let sizes = [10, 90, 50, 60, 40, 101, 99, 1, 0, 500, 500] + Array(repeating: 30, count: 60)
    let records = sizes.map {
      KafkaRecord(topic: "t", key: [], value: Array(repeating: 7, count: $0))
    }
    _ = await producer.publish(records)
    let partition = KafkaPartition(topic: "t", partition: 0)
    let consumer = try KafkaConsumer(fixture.connection)
    try await consumer.assign([partition: .beginning])
    var polls: [[KafkaMessage]] = []
    while polls.joined().count < sizes.count {
      let events = await consumer.poll(limit: 1_000, bytesLimit: 100, timeout: .seconds(60))
      polls.append(
        events.compactMap { if case .message(let message) = $0 { message } else { nil } })
    }
    #expect(polls.joined().map(\.byteCount) == sizes)
    #expect(polls.joined().map(\.offset) == Array(0..<Int64(sizes.count)))
    for poll in polls {
      #expect(poll.count <= 1 || poll.reduce(0) { $0 + $1.byteCount } <= 100)
    }
    #expect(polls.map(\.count).max() == 3)

    // What waits is of no use to who begins elsewhere.
    try await consumer.assign([partition: .at(5)])
    #expect(await consumer.messages(1, bytesLimit: 1).map(\.offset) == [5])
    try await consumer.assign([partition: .at(2)])
    #expect(await consumer.messages(1, bytesLimit: 1).map(\.offset) == [2])
    await consumer.close()
    await producer.close()
  }

  @Test func aRecordHasTheBytesOfItsParts() async throws {
    let fixture = try KafkaFixture(partitions: 1)
    let producer = try fixture.producer()
    var record = fixture.record("key", "value")
    record.headers = [KafkaHeader("name", "12"), KafkaHeader(name: "none", value: nil)]
    _ = try await producer.publish(record)
    let consumer = try KafkaConsumer(fixture.connection)
    try await consumer.assign([KafkaPartition(topic: "t", partition: 0): .beginning])
    #expect(await consumer.messages(1).map(\.byteCount) == [3 + 5 + 4 + 2 + 4])
    await consumer.close()
    await producer.close()
  }

  @Test func aCancelledPollReturnsAtOnce() async throws {
    let fixture = try KafkaFixture()
    let consumer = try KafkaConsumer(fixture.connection)
    try await consumer.assign([KafkaPartition(topic: "t", partition: 0): .beginning])
    let clock = ContinuousClock()
    let start = clock.now
    let poll = Task { await consumer.poll(limit: 1, timeout: .seconds(60)) }
    try await Task.sleep(for: .milliseconds(100))
    poll.cancel()
    let events = await poll.value
    #expect(!events.contains { if case .message = $0 { true } else { false } })
    #expect(clock.now - start < .seconds(30))
    // The consumer is as good as before.
    let producer = try fixture.producer()
    let outcomes = await producer.publish((0..<30).map { fixture.record("\($0)", "\($0)") })
    let expected = try outcomes.count { try $0.get().partition == 0 }
    #expect(await consumer.messages(expected).count == expected)
    await consumer.close()
    await producer.close()
  }

  @Test func closingEndsAPoll() async throws {
    let fixture = try KafkaFixture()
    let consumer = try KafkaConsumer(fixture.connection)
    try await consumer.assign([KafkaPartition(topic: "t", partition: 0): .beginning])
    async let events = consumer.poll(limit: 1, timeout: .seconds(60))
    try await Task.sleep(for: .milliseconds(100))
    await consumer.close()
    #expect(await !events.contains { if case .message = $0 { true } else { false } })
    #expect(await consumer.poll(limit: 1, timeout: .seconds(60)).isEmpty)
  }
}

extension KafkaConsumer {
  /// Polls until a partition stops.
  func untilStopped(limit: Duration = .seconds(20)) async throws -> (KafkaPartition, KafkaError) {
    let deadline = ContinuousClock.now + limit
    while .now < deadline {
      for event in await poll(limit: 1, timeout: deadline - .now) {
        if case .partitionStopped(let partition, let error) = event { return (partition, error) }
      }
    }
    throw KafkaError(.timedOut, "no partition stopped")
  }
}
