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

@Suite(.timeLimit(.minutes(3))) struct EventConsumerTests {
  let fixture: OutboxFixture
  let broker: BrokerFixture

  init() async throws {
    fixture = try await OutboxFixture()
    broker = try BrokerFixture(topics: ["ticks": 3, "ticks.dlq": 1])
    try await fixture.pool.execute(
      "CREATE TABLE effects (id bigserial PRIMARY KEY, key text, sequence bigint)")
  }

  private func consumer(
    attempts: Int = 3, connection: KafkaConnection? = nil,
    before: @escaping @Sendable (EventEnvelope<Tick>) throws -> Void = { _ in }
  ) -> EventConsumer<Tick> {
    var configuration = EventConsumerConfiguration()
    configuration.attempts = attempts
    configuration.sessionTimeout = .seconds(3)
    return EventConsumer(
      ticks, group: "effects", connection: connection ?? broker.connection,
      database: fixture.pool, configuration: configuration, logger: .quiet
    ) { envelope, transaction in
      transaction.send(
        "INSERT INTO effects (key, sequence) VALUES (\(envelope.key), \(envelope.headers.sequence))"
      )
      try before(envelope)
    }
  }

  private func publish(_ records: [KafkaRecord]) async throws {
    let producer = try KafkaProducer(broker.connection)
    for outcome in await producer.publish(records) { _ = try outcome.get() }
    await producer.close()
  }

  /// The record of an event whose id is a UUID, the same for the same arguments.
  private func tick(_ number: Int32, _ sequence: Int64) -> KafkaRecord {
    let id = "00000000-0000-7000-8000-\(String(1_000_000 * Int(number) + Int(sequence)).leftPadded)"
    return EventRecord.encode(
      topic: "ticks", key: "k\(number)",
      headers: EventHeaders(
        eventID: EventID(rawValue: id), eventType: Tick.messageName, occurredAt: .epoch,
        producer: "test", sequence: sequence),
      payload: ticks.encode(Tick(seconds: sequence, nanos: number)))
  }

  private func effects(of key: String) async throws -> [Int64] {
    try await fixture.pool.query("SELECT sequence FROM effects WHERE key = \(key) ORDER BY id")
      .map { try $0.decode(Int64.self, "sequence") }
  }

  @Test func repeatedRecordsAreAppliedOnceInOrder() async throws {
    try await publish((1...50).flatMap { [tick(1, $0), tick(2, $0), tick(1, $0)] })
    try await publish((1...51).map { tick(1, $0) })
    let consumer = consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await effects(of: "k1").count == 51 }
      try await eventually { try await effects(of: "k2").count == 50 }
      #expect(try await effects(of: "k1") == Array(1...51))
      #expect(try await effects(of: "k2") == Array(1...50))
    }
  }

  /// What an instance leaves that dies between the database's commit and the offset's.
  @Test func anEventWhoseOffsetWasNotCommittedIsAppliedOnce() async throws {
    try await publish((1...5).map { tick(1, $0) })
    for sequence in 1...3 as ClosedRange<Int64> {
      try await fixture.pool.transaction { transaction in
        let headers = tick(1, sequence).headers
        let id = try #require(headers.first { $0.name == EventHeaders.Name.eventID }?.text)
        let isNew = try await Inbox(consumer: "effects")
          .admit(EventID(rawValue: id), in: transaction)
        #expect(isNew)
        transaction.send("INSERT INTO effects (key, sequence) VALUES ('k1', \(sequence))")
      }
    }
    let consumer = consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await effects(of: "k1").count >= 5 }
      #expect(try await effects(of: "k1") == [1, 2, 3, 4, 5])
    }
  }

  @Test func whatCannotBeReadGoesToTheDeadLettersAndTheRestGoesOn() async throws {
    var broken = tick(1, 2)
    broken.value = Array("no event".utf8)
    try await publish([tick(1, 1), broken, tick(1, 3)])
    let consumer = consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await effects(of: "k1") == [1, 3] }
    }
    let letters = try await broker.everything(of: "ticks.dlq")
    let letter = try #require(letters.first)
    #expect(letters.count == 1)
    #expect(letter.value == broken.value)
    #expect(letter.key == broken.key)
    func header(_ name: String) -> String? { letter.headers.first { $0.name == name }?.text }
    #expect(header(DeadLetters.Header.consumer) == "effects")
    #expect(header(DeadLetters.Header.topic) == "ticks")
    #expect(header(DeadLetters.Header.offset) == "1")
    #expect(header(DeadLetters.Header.error)?.hasPrefix("payload is not a ") == true)
    #expect(header(EventHeaders.Name.sequence) == "2")
  }

  @Test func whatFailsInAllItsAttemptsGoesToTheDeadLetters() async throws {
    struct Refusal: Error {}
    let attempts = Mutex<[Int64: Int]>([:])
    try await publish((1...4).map { tick(1, $0) })
    let consumer = consumer(attempts: 3) { envelope in
      let sequence = envelope.headers.sequence
      let attempt = attempts.withLock { attempts in
        attempts[sequence, default: 0] += 1
        return attempts[sequence, default: 0]
      }
      switch sequence {
      case 2: throw Refusal()
      case 3 where attempt < 3: throw Refusal()
      case 4: throw UnprocessableEvent("never")
      default: break
      }
    }
    try await withBackground {
      await consumer.run()
    } body: {
      let letters = try sequences(of: "k1", in: await broker.messages(2, of: "ticks.dlq"))
      #expect(letters == [2, 4])
      #expect(try await effects(of: "k1") == [1, 3])
      #expect(attempts.withLock { $0 } == [1: 1, 2: 3, 3: 3, 4: 1])
    }
  }

  /// Instances come and go while records arrive: the partitions move, the effects do not repeat.
  @Test func instancesShareTheWork() async throws {
    let first = consumer()
    let second = consumer()
    let keys = 1...8 as ClosedRange<Int32>
    try await withBackground {
      await first.run()
    } body: {
      try await publish(keys.flatMap { key in (1...20).map { tick(key, $0) } })
      let other = Task { await second.run() }
      try await eventually { try await effects(of: "k1").count == 20 }
      try await publish(keys.flatMap { key in (21...40).map { tick(key, $0) } })
      try await eventually { try await effects(of: "k1").count == 40 }
      other.cancel()
      await other.value
      try await publish(keys.flatMap { key in (41...60).map { tick(key, $0) } })
      for key in keys {
        try await eventually { try await effects(of: "k\(key)").count == 60 }
        #expect(try await effects(of: "k\(key)") == Array(1...60))
      }
    }
  }

  /// The broker comes back empty at another address, and is refilled from the outbox.
  @Test func theLossOfTheBrokerRepeatsNothing() async throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/brokers"
    let connection = KafkaConnection(brokers: .file(file), clientID: "test", logger: .quiet)
    try broker.cluster.publishAddress(to: file)
    let consumer = consumer(connection: connection)
    let relay = fixture.relay(to: connection)
    try await withBackground {
      await withTaskGroup { group in
        group.addTask { await consumer.run() }
        group.addTask { await relay.run() }
      }
    } body: {
      try await fixture.commit(1, count: 10)
      try await eventually { try await effects(of: "k1").count == 10 }
      broker.cluster.stop()
      let next = try MockCluster(topics: ["ticks": 3, "ticks.dlq": 1], logger: .quiet)
      try next.publishAddress(to: file)
      try await fixture.commit(1, count: 10)
      try await eventually { try await effects(of: "k1").count >= 20 }
      #expect(try await effects(of: "k1") == Array(1...20))
      next.stop()
    }
  }
}

extension String {
  fileprivate var leftPadded: String { String(repeating: "0", count: 12 - count) + self }
}
