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
        settings.startsAtBeginning = true
        let consumer = try KafkaConsumer(connection, settings)
        do throws(KafkaError) {
          try await consumer.subscribe(to: [topic])
          try await read(consumer, handle) { backoff = Backoff() }
        } catch {
          await leave(consumer)
          throw error
        }
        await leave(consumer)
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

  /// Closes a consumer, and waits for that only at the end.
  ///
  /// A coordinator that has gone is waited for longer than the next one takes to let the new consumer in.
  private func leave(_ consumer: KafkaConsumer) async {
    if Task.isCancelled { await consumer.close() } else { consumer.beginClosing() }
  }

  private func read(
    _ consumer: KafkaConsumer, _ handle: ([KafkaMessage]) async -> Int, _ works: () -> Void
  ) async throws(KafkaError) {
    // When the group is to have given this member its partitions; nil once it has.
    var joinEnd: ContinuousClock.Instant? = .now + joinTimeout
    while !Task.isCancelled {
      let events = await consumer.poll(limit: batchLimit, timeout: Self.addressInterval)
      var messages: [KafkaMessage] = []
      for event in events {
        switch event {
        case .message(let message): messages.append(message)
        case .partitionStopped(_, let error): throw error
        case .failure(let error) where error.isFatal: throw error
        case .assigned(let partitions):
          // Without an answer nobody knows yet how far the group is behind: nothing waits for that.
          let committed = try? await consumer.committed(of: partitions, timeout: Self.askingTimeout)
          progress.begin(partitions, of: consumer, at: committed ?? [:])
          joinEnd = nil
        case .revoked:
          progress.end()
          joinEnd = .now + joinTimeout
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
      if let joinEnd, joinEnd < .now {
        throw KafkaError(
          .timedOut, "group \(group) gave this member no partitions in \(joinTimeout)")
      }
      if let address = try? connection.brokers.resolve(), address != consumer.address { return }
    }
  }

  /// How long the group may take to give this member its partitions, none perhaps; then it joins as another.
  ///
  /// librdkafka waits five minutes for a coordinator's answer, also for that of one that has forgotten the member.
  /// Those who died are waited for as long as a session, and a group that decides anew decides of the new one as well.
  private var joinTimeout: Duration { sessionTimeout * 3 / 2 }

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
