import Core
import Events
import Kafka
import Observability
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// How far a group is behind, by partition, as Prometheus reads it.
@Suite(.timeLimit(.minutes(5))) struct ConsumerLagTests {
  struct NotYet: Error {}

  private func total(_ name: String, _ metrics: MetricsRegistry) async -> Double? {
    let values = await metrics.prometheusText().split(separator: "\n")
      .filter { $0.hasPrefix(name) }.compactMap { $0.split(separator: " ").last }
      .compactMap { Double($0) }
    return values.isEmpty ? nil : values.reduce(0, +)
  }

  @Test func aStuckGroupFallsBehindAndCatchesUp() async throws {
    let fixture = try await ConsumerFixture()
    let metrics = MetricsRegistry()
    let refused = RefusedSequences([3])
    let check: @Sendable ([ConsumedEvent<Tick>]) throws -> Void = { events in
      if refused.refuse(events, of: "k1") { throw NotYet() }
    }
    let lag = "kafka_consumer_lag_messages"
    try await fixture.publish((1...2).map { fixture.tick(1, $0) })
    let consumer = fixture.consumer(attempts: .max, metrics: metrics, before: check)
    #expect(await total(lag, metrics) == nil)
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.effects(of: "k1") == [1, 2] }
      try await eventually { await total(lag, metrics) == 0 }
      #expect(await total("kafka_consumer_partitions", metrics) == 3)
      let text = await metrics.prometheusText()
      #expect(text.contains(#"\#(lag){group="effects",topic="ticks",partition=""#))

      // The third is never done, and what comes meanwhile is not either.
      try await fixture.publish((3...12).map { fixture.tick(1, $0) })
      try await eventually { await total(lag, metrics) == 10 }
      refused.clear()
      try await eventually { await total(lag, metrics) == 0 }
      #expect(try await fixture.effects(of: "k1") == Array(1...12))

      // A member that takes the partitions over knows how far the group was.
      let more = MetricsRegistry()
      let second = fixture.consumer(attempts: .max, metrics: more, before: check)
      try await withBackground {
        await second.run()
      } body: {
        try await eventually {
          let shares = await (
            total("kafka_consumer_partitions", metrics), total("kafka_consumer_partitions", more)
          )
          return (shares.0 ?? 0) > 0 && (shares.1 ?? 0) > 0
            && (shares.0 ?? 0) + (shares.1 ?? 0) == 3
        }
        try await fixture.publish((1...9).map { fixture.tick(Int32($0), 1) })
        try await eventually {
          let lags = await (total(lag, metrics), total(lag, more))
          return lags.0 == 0 && lags.1 == 0
        }
      }
    }
    // Who reads nothing shows nothing.
    #expect(await total(lag, metrics) == nil)
    #expect(await total("kafka_consumer_partitions", metrics) == 0)
  }

  /// The broker comes back empty: what the group had committed there says nothing any more.
  @Test func aBrokerThatForgotIsCountedFromItsBeginning() async throws {
    let progress = ConsumerProgress(topic: "ticks", group: "g", metrics: nil)
    let broker = try BrokerFixture(topics: ["ticks": 1])
    let partition = KafkaPartition(topic: "ticks", partition: 0)
    let consumer = try KafkaConsumer(broker.connection)
    let producer = try KafkaProducer(broker.connection)
    _ = await producer.publish(
      (0..<5).map { KafkaRecord(topic: "ticks", key: [], value: [UInt8($0)]) })
    progress.begin([partition], of: consumer, at: [partition: 1_000])
    try await consumer.assign([partition: .beginning])
    var messages: [KafkaMessage] = []
    while messages.count < 5 {
      for event in await consumer.poll(limit: 1, timeout: .seconds(5)) {
        if case .message(let message) = event { messages.append(message) }
      }
      progress.received(messages)
    }
    #expect(consumer.knownEnd(of: partition) == 5)
    #expect(progress.lag(of: 0) == 5)
    progress.done([partition: 3])
    #expect(progress.lag(of: 0) == 2)
    progress.end()
    #expect(progress.lag(of: 0) == nil)
    await consumer.close()
    #expect(consumer.knownEnd(of: partition) == nil)
    await producer.close()
  }
}
