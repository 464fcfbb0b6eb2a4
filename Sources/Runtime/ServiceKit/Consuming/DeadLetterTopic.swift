import Core
import Events
import Kafka
import Logging

/// The topic that is told of the records that a consumer cannot apply, with the reason.
struct DeadLetterTopic: Sendable {
  /// The names of the headers that are added.
  enum Header {
    static let consumer = "dlq_consumer"
    static let topic = "dlq_topic"
    static let partition = "dlq_partition"
    static let offset = "dlq_offset"
    static let attempts = "dlq_attempts"
    static let error = "dlq_error"
    static let failedAt = "dlq_failed_at"
  }

  let consumer: String
  let topic: TopicSpecification
  let source: ProducerSource
  let clock: any Core.Clock
  let logger: Logger

  init(
    consumer: String, topic: TopicSpecification, connection: KafkaConnection,
    clock: any Core.Clock, logger: Logger
  ) {
    self.consumer = consumer
    self.topic = topic
    source = ProducerSource(connection)
    self.clock = clock
    self.logger = logger
  }

  /// Stores a record; tries until the broker has it or the task is cancelled.
  ///
  /// - Returns: whether the broker has it.
  func store(_ message: KafkaMessage, attempts: Int, because error: any Error) async -> Bool {
    let record = record(message, attempts, error)
    var backoff = Backoff()
    while !Task.isCancelled {
      do throws(KafkaError) {
        let (producer, isNew) = try await source.producer()
        if isNew {
          try await TopicCreator(topics: [topic], logger: logger)
            .createMissing(from: try await producer.topics(), with: producer)
        }
        _ = try await producer.publish(record)
        logger.error(
          "event goes to the dead letters", error: error,
          metadata: [
            "consumer": "\(consumer)", "topic": "\(message.topic)",
            "partition": "\(message.partition)", "offset": "\(message.offset)",
            "key": "\(EventRecord.key(of: message).quotedBriefly)", "attempts": "\(attempts)",
          ])
        return true
      } catch {
        logger.warning("dead letters are not reachable", error: error)
        await backoff.wait()
      }
    }
    return false
  }

  /// The record as it was, and what became of it.
  private func record(
    _ message: KafkaMessage, _ attempts: Int, _ error: any Error
  ) -> KafkaRecord {
    KafkaRecord(
      topic: topic.name, key: message.key ?? [], value: message.value ?? [],
      headers: message.headers + [
        KafkaHeader(Header.consumer, consumer),
        KafkaHeader(Header.topic, message.topic),
        KafkaHeader(Header.partition, "\(message.partition)"),
        KafkaHeader(Header.offset, "\(message.offset)"),
        KafkaHeader(Header.attempts, "\(attempts)"),
        KafkaHeader(Header.error, Self.reason(of: error)),
        KafkaHeader(Header.failedAt, "\(clock.now)"),
      ])
  }

  /// What an operator is told of an error.
  static func reason(of error: any Error) -> String { "\(error)".firstScalars(reasonLimit) }

  func close() async { await source.close(limit: .seconds(5)) }

  /// The most Unicode scalars of a reason.
  private static let reasonLimit = 1_000
}
