import Kafka
import TestSupport
import Testing

@Suite struct KafkaProducerTests {
  @Test func eachRecordIsAcknowledgedWithItsPlace() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer()
    let outcomes = await producer.publish((0..<1_000).map { fixture.record("k\($0 % 7)", "\($0)") })
    let places = try outcomes.map { try $0.get() }
    #expect(Set(places).count == 1_000)
    var perPartition: Int64 = 0
    for partition: Int32 in 0..<3 {
      let marks = try await producer.watermarks(
        of: KafkaPartition(topic: "t", partition: partition))
      #expect(marks.low == 0)
      #expect(marks.high == Int64(places.count { $0.partition == partition }))
      perPartition += marks.high
    }
    #expect(perPartition == 1_000)
    await producer.close()
  }

  @Test("who asks a broker that has gone waits no longer than told", .timeLimit(.minutes(5)))
  func questionsEnd() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer()
    let partition = KafkaPartition(topic: "t", partition: 0)
    _ = try await producer.watermarks(of: partition)
    fixture.cluster.setDown()
    let start = ContinuousClock.now
    await #expect(throws: KafkaError.self) {
      try await producer.watermarks(of: partition, timeout: .seconds(1))
    }
    #expect(.now - start < .seconds(10))
    await producer.close(limit: .zero)
  }

  @Test func aKeyGoesWhereKafkasOwnClientsPutIt() async throws {
    // murmur2 of Kafka's Java client over 3 partitions, as org.apache.kafka.common.utils.Utils has it
    // in its tests: "21" → -973932308, "foobar" → -790332482, "a-little-bit-long-string" → -985981536.
    let fixture = try KafkaFixture(partitions: 3)
    let producer = try fixture.producer()
    for (key, hash) in [
      ("21", Int32(-973_932_308)), ("foobar", -790_332_482),
      ("a-little-bit-long-string", -985_981_536),
    ] {
      let place = try await producer.publish(fixture.record(key, "x"))
      #expect(place.partition == (hash & 0x7fff_ffff) % 3, "\(key)")
    }
    await producer.close()
  }

  @Test func whoPublishesMoreThanTheLimitWaits() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer { $0.recordsLimit = 10 }
    let outcomes = await withTaskGroup { group in
      for task in 0..<20 {
        group.addTask {
          await producer.publish((0..<25).map { fixture.record("k\(task)", "\($0)") })
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(outcomes.count == 500)
    #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
    await producer.close()
  }

  @Test func aRecordThatIsTooLargeHoldsBackItsKeyOnly() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer { $0.recordBytesLimit = 2_000 }
    let large = String(repeating: "x", count: 4_000)
    let outcomes = await producer.publish([
      fixture.record("a", "1"), fixture.record("a", large), fixture.record("b", "1"),
      fixture.record("a", "3"),
    ])
    #expect((try? outcomes[0].get()) != nil)
    #expect((try? outcomes[2].get()) != nil)
    for index in [1, 3] {
      guard case .failure(let error) = outcomes[index] else {
        Issue.record("\(index) was sent")
        continue
      }
      #expect(error.code == .recordTooLarge)
    }
    await producer.close()
  }

  @Test func aBrokerThatIsDownAWhileCostsNothing() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer()
    _ = try await producer.publish(fixture.record("k", "0"))
    fixture.cluster.setDown()
    async let later = producer.publish((1...100).map { fixture.record("k", "\($0)") })
    try await Task.sleep(for: .milliseconds(500))
    try fixture.cluster.setUp()
    let places = try await later.map { try $0.get().offset }
    #expect(places == Array(1...100))
    await producer.close()
  }

  @Test func closingGivesUpWhatNobodyAcknowledges() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer()
    _ = try await producer.publish(fixture.record("k", "0"))
    fixture.cluster.setDown()
    async let lost = producer.publish((1...10).map { fixture.record("k", "\($0)") })
    try await Task.sleep(for: .milliseconds(100))
    await producer.close(limit: .milliseconds(200))
    for outcome in await lost {
      guard case .failure(let error) = outcome else {
        Issue.record("acknowledged by a broker that is down")
        continue
      }
      #expect([.purgedInQueue, .purgedInFlight].contains(error.code), "\(error)")
    }
    let after = await producer.publish([fixture.record("k", "11")])
    #expect(after == [.failure(KafkaError(.closed, "the client is closed"))])
  }

  @Test func aWrongPropertyIsNamed() throws {
    let fixture = try KafkaFixture()
    var connection = fixture.connection
    connection.properties = ["compression.codec": "lzma"]
    #expect {
      try KafkaProducer(connection)
    } throws: { error in
      "\(error)".contains("compression.codec = \"lzma\"")
    }
    connection.properties = ["sasl.password": "canary", "no.such": "x"]
    #expect {
      try KafkaProducer(connection)
    } throws: { error in
      "\(error)".contains("no.such") && !"\(error)".contains("canary")
    }
  }

  @Test func theMockClusterDoesNotCreateTopics() async throws {
    let fixture = try KafkaFixture()
    let producer = try fixture.producer()
    let outcome = try await producer.createTopics(
      [KafkaTopicDefinition(name: "u", partitions: 2, properties: ["retention.ms": "1000"])],
      timeout: .seconds(1))
    #expect(outcome == ["u": .unsupported])
    #expect(try await producer.topics()["t"] == 3)
    await producer.close()
  }
}
