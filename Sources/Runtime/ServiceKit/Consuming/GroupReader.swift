import Kafka
import Logging

/// Reads a topic as a member of a group that shares its partitions, for as long as it runs.
///
/// It survives a broker that goes away, comes back at another address or has lost its records. Where
/// the group has no offset, or the broker does not hold it, a partition is read from its beginning:
/// what comes again is recognized by its id.
struct GroupReader: Sendable {
  let topic: String
  let group: String
  let connection: KafkaConnection
  let sessionTimeout: Duration
  let batchLimit: Int
  let progress: ConsumerProgress
  let logger: Logger

  /// Reads until the task is cancelled.
  ///
  /// - Parameter handle: takes care of records, in order per partition, and returns how many of them
  ///   are done with; the offsets of those are committed.
  func run(_ handle: @Sendable ([KafkaMessage]) async -> Int) async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do throws(KafkaError) {
        var settings = KafkaConsumer.Configuration(group: group)
        settings.sessionTimeout = sessionTimeout
        let consumer = try KafkaConsumer(connection, settings)
        do throws(KafkaError) {
          try await consumer.subscribe(to: [topic])
          try await read(consumer, handle) { backoff = Backoff() }
        } catch {
          await consumer.close()
          throw error
        }
        await consumer.close()
        progress.end()
      } catch {
        progress.end()
        logger.debug(
          "group is interrupted", error: error,
          metadata: ["topic": "\(topic)", "group": "\(group)"])
        await backoff.wait()
      }
    }
  }

  private func read(
    _ consumer: KafkaConsumer, _ handle: ([KafkaMessage]) async -> Int, _ works: () -> Void
  ) async throws(KafkaError) {
    while !Task.isCancelled {
      let events = await consumer.poll(limit: batchLimit, timeout: Self.addressInterval)
      var messages: [KafkaMessage] = []
      for event in events {
        switch event {
        case .message(let message): messages.append(message)
        case .partitionStopped(let partition, let error):
          try await restart(partition, error, consumer)
        case .failure(let error) where error.isFatal: throw error
        case .assigned(let partitions):
          // Without an answer nobody knows yet how far the group is behind: nothing waits for that.
          let committed = try? await consumer.committed(of: partitions, timeout: Self.askingTimeout)
          progress.begin(partitions, of: consumer, at: committed ?? [:])
        case .revoked: progress.end()
        case .failure: break
        }
      }
      if !messages.isEmpty {
        progress.received(messages)
        let done = await handle(messages)
        await commit(messages.prefix(done), consumer)
        guard done == messages.count else { return }
        works()
      }
      if let address = try? connection.brokers.resolve(), address != consumer.address { return }
    }
  }

  private func restart(
    _ partition: KafkaPartition, _ error: KafkaError, _ consumer: KafkaConsumer
  ) async throws(KafkaError) {
    switch error.code {
    case .noOffset, .offsetOutOfRange:
      logger.notice(
        "partition is read from its beginning",
        metadata: ["partition": "\(partition)", "group": "\(group)", "reason": "\(error)"])
      try await consumer.seek(partition, to: .beginning)
      progress.beginAnew(partition)
    default: throw error
    }
  }

  /// Commits what is done with; what is not committed comes again, and is recognized.
  private func commit(_ messages: ArraySlice<KafkaMessage>, _ consumer: KafkaConsumer) async {
    var next: [KafkaPartition: Int64] = [:]
    for message in messages {
      next[KafkaPartition(topic: message.topic, partition: message.partition)] = message.offset + 1
    }
    progress.done(next)
    do throws(KafkaError) { try await consumer.commit(next) } catch {
      logger.debug(
        "offsets are not committed", error: error,
        metadata: ["topic": "\(topic)", "group": "\(group)"])
    }
  }

  /// How long the coordinator may take to say what the group has committed.
  private static let askingTimeout: Duration = .seconds(2)
  private static let addressInterval: Duration = .milliseconds(500)
}
