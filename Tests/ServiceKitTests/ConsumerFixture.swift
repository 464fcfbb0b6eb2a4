import Core
import Events
import Kafka
import Logging
import Observability
import Postgres
import Protobuf
import TestSupport
import Testing

@testable import ServiceKit

/// Consumers of ticks that write down what they apply, on a real database and broker.
struct ConsumerFixture: Sendable {
  let outbox: OutboxFixture
  let broker: BrokerFixture

  init() async throws {
    outbox = try await OutboxFixture()
    broker = try BrokerFixture(topics: ["ticks": 3, "ticks.dlq": 1])
    try await outbox.pool.execute(
      "CREATE TABLE effects (id bigserial PRIMARY KEY, key text, sequence bigint)")
  }

  var letters: DeadLetters { DeadLetters(outbox.pool) }

  func consumer(
    attempts: Int = 3, connection: KafkaConnection? = nil, retention: EventRetention = .contracts,
    batchBytesLimit: Int? = nil, metrics: MetricsRegistry? = nil, logger: Logger = .quiet,
    before: @escaping @Sendable ([ConsumedEvent<Tick>]) throws -> Void = { _ in },
    causing: @escaping @Sendable ([ConsumedEvent<Tick>], PostgresTransaction) -> Void = { _, _ in }
  ) -> EventConsumer<Tick> {
    var configuration = EventConsumerConfiguration()
    configuration.attempts = attempts
    configuration.leaseTimeout = .seconds(3)
    configuration.requeueInterval = .milliseconds(20)
    configuration.retention = retention
    if let batchBytesLimit { configuration.batchBytesLimit = batchBytesLimit }
    return EventConsumer(
      ticks, group: "effects", connection: connection ?? broker.connection,
      database: outbox.pool, configuration: configuration, metrics: metrics, logger: logger
    ) { events, transaction in
      let envelopes = events.map(\.envelope)
      transaction.send(
        """
        INSERT INTO effects (key, sequence)
        SELECT * FROM unnest(\(envelopes.map(\.key))::text[], \(envelopes.map(\.headers.sequence)))
        """)
      causing(events, transaction)
      try before(events)
    }
  }

  func publish(_ records: [KafkaRecord]) async throws {
    let producer = try KafkaProducer(broker.connection)
    for outcome in await producer.publish(records) { _ = try outcome.get() }
    await producer.close()
  }

  /// The record of an event whose id is a UUID, the same for the same arguments.
  func tick(_ number: Int32, _ sequence: Int64) -> KafkaRecord {
    let place = String(1_000_000 * Int(number) + Int(sequence))
    let id = "00000000-0000-7000-8000-\(String(repeating: "0", count: 12 - place.count))\(place)"
    return EventRecord.encode(
      topic: "ticks", key: "k\(number)",
      headers: EventHeaders(
        eventID: EventID(rawValue: id), eventType: Tick.messageName, occurredAt: .epoch,
        producer: "test", sequence: sequence),
      payload: ticks.encode(Tick(seconds: sequence, nanos: number)))
  }

  /// The same with a payload that is none.
  func broken(_ number: Int32, _ sequence: Int64) -> KafkaRecord {
    var record = tick(number, sequence)
    record.value = Array("no event".utf8)
    return record
  }

  /// The sequences of a key's events, in the order in which they were applied.
  func effects(of key: String) async throws -> [Int64] {
    try await outbox.pool.query("SELECT sequence FROM effects WHERE key = \(key) ORDER BY id")
      .map { try $0.decode(Int64.self, "sequence") }
  }

  /// The dead letters of a key, in its order.
  func deadLetters(of key: String) async throws -> [DeadLetter] {
    try await letters.list(limit: 10_000).filter { $0.keyText == key }
  }
}
