import Kafka
import Logging

/// Reads every partition of a topic, beside all other readers, for as long as it runs.
///
/// It survives a broker that goes away, comes back at another address, or lost its records: it opens
/// a new client, looks some records back, and says that it did, since some may have passed
/// meanwhile.
struct TopicReader: Sendable {
  /// What a reader tells.
  enum Event: Sendable {
    /// Reading starts, or starts anew: records may have passed unseen.
    case opened
    /// Records, in order per partition. Some may have been told before.
    case messages([KafkaMessage])
  }

  let topic: String
  let connection: KafkaConnection
  let logger: Logger

  /// Reads until the task is cancelled.
  func run(_ handle: @Sendable (Event) async -> Void) async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do throws(KafkaError) {
        let consumer = try KafkaConsumer(connection)
        do throws(KafkaError) {
          try await open(consumer)
          backoff = Backoff()
          await handle(.opened)
          try await read(consumer, handle)
        } catch {
          await consumer.close()
          throw error
        }
        await consumer.close()
      } catch {
        logger.debug(
          "topic is not readable", metadata: ["topic": "\(topic)", "reason": "\(error)"])
        await backoff.wait()
      }
    }
  }

  /// Assigns all partitions, a little before their ends.
  private func open(_ consumer: KafkaConsumer) async throws(KafkaError) {
    guard let partitions = try await consumer.topics(timeout: Self.queryTimeout)[topic] else {
      throw KafkaError(.unknownTopic, "the broker has no topic \(topic)")
    }
    var starts: [KafkaPartition: KafkaOffset] = [:]
    for number in 0..<partitions {
      let partition = KafkaPartition(topic: topic, partition: Int32(number))
      let held = try await consumer.watermarks(of: partition, timeout: Self.queryTimeout)
      starts[partition] = .at(max(held.low, held.high - Self.lookBack))
    }
    try await consumer.assign(starts)
  }

  /// Polls until the task is cancelled or the brokers have another address.
  private func read(
    _ consumer: KafkaConsumer, _ handle: @Sendable (Event) async -> Void
  ) async throws(KafkaError) {
    while !Task.isCancelled {
      let events = await consumer.poll(limit: Self.batchLimit, timeout: Self.addressInterval)
      var messages: [KafkaMessage] = []
      for event in events {
        switch event {
        case .message(let message): messages.append(message)
        case .partitionStopped(let partition, let error):
          // Records were lost or expired under us; what passed unseen is in the outbox.
          logger.notice(
            "partition starts again",
            metadata: ["partition": "\(partition)", "reason": "\(error)"])
          throw error
        case .failure(let error) where error.isFatal: throw error
        case .failure: break
        }
      }
      if !messages.isEmpty { await handle(.messages(messages)) }
      // An absent address is no new one: the client keeps trying the old.
      if let address = try? connection.brokers.resolve(), address != consumer.address { return }
    }
  }

  /// How many records before the end of a partition reading starts.
  ///
  /// It must exceed what a relay has on its way: those are in the broker, but the outbox may not
  /// know it yet.
  static let lookBack: Int64 = 2 * Int64(OutboxRelay.batchLimit)
  private static let batchLimit = 500
  private static let addressInterval: Duration = .milliseconds(500)
  private static let queryTimeout: Duration = .seconds(2)
}
