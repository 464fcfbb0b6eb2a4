import Kafka
import Logging

/// Reads this instance's share of a topic's partitions, for as long as it runs.
///
/// The instances of a consumer share the partitions by ``PartitionLeases``. How far each partition is done with the
/// broker keeps, under the consumer's name as the group's: so a broker that has lost its records has lost that as well.
/// It survives a broker that goes away, comes back at another address or has lost its records. Where the broker knows
/// no offset, or does not hold it, a partition is read from its beginning: what comes again is recognized by its id.
struct GroupReader: Sendable {
  let topic: String
  let group: String
  let connection: KafkaConnection
  let leases: PartitionLeases
  let batchLimit: Int
  let batchBytesLimit: Int
  let progress: ConsumerProgress
  let logger: Logger

  typealias Handler = @Sendable ([KafkaMessage]) async -> Int

  /// Reads until the task is cancelled.
  ///
  /// - Parameter handle: takes care of records, in order per partition, and returns how many of them
  ///   are done with; the offsets of those are committed.
  func run(_ handle: @escaping Handler) async {
    var backoff = Backoff()
    while !Task.isCancelled {
      let start = ContinuousClock.now
      do {
        try await leases.hold { lease in
          while !Task.isCancelled { try await readShare(of: lease, handle) }
        }
      } catch {
        guard !Task.isCancelled else { break }
        logger.debug(
          "consumer is interrupted", error: error,
          metadata: ["topic": "\(topic)", "group": "\(group)"])
        if .now - start > Self.steadyTime { backoff = Backoff() }
        await backoff.wait()
      }
    }
    await leases.close()
  }

  /// Reads the partitions that the lease holds, until it holds others or the broker has another address.
  private func readShare(of lease: PartitionLease, _ handle: @escaping Handler) async throws {
    var settings = KafkaConsumer.Configuration(group: group)
    settings.startsAtBeginning = true
    let consumer = try KafkaConsumer(connection, settings)
    do {
      let count = try await consumer.partitionCount(of: topic)
      let share = try await lease.balance(of: count)
      if share.isEmpty {
        try await lease.keep(of: count)
      } else {
        try await withThrowingTaskGroup { group in
          group.addTask { try await read(share, of: count, by: consumer, handle) }
          group.addTask { try await lease.keep(of: count) }
          defer { group.cancelAll() }
          try await group.next()
        }
      }
    } catch {
      await leave(consumer)
      throw error
    }
    await leave(consumer)
  }

  /// Closes a consumer, and waits for that only at the end.
  private func leave(_ consumer: KafkaConsumer) async {
    progress.end()
    if Task.isCancelled { await consumer.close() } else { consumer.beginClosing() }
  }

  private func read(
    _ share: Set<Int32>, of count: Int, by consumer: KafkaConsumer, _ handle: Handler
  ) async throws(KafkaError) {
    var offsets = try await CommittedOffsets(of: share.map(partition), by: consumer)
    progress.begin(share.map(partition), of: consumer, at: offsets.next)
    try await consumer.assign(offsets.starts)
    var nextLook = ContinuousClock.now + Self.countInterval
    while !Task.isCancelled {
      let events = await consumer.poll(
        limit: batchLimit, bytesLimit: batchBytesLimit, timeout: Self.addressInterval)
      var messages: [KafkaMessage] = []
      for event in events {
        switch event {
        case .message(let message): messages.append(message)
        case .partitionStopped(_, let error): throw error
        case .failure(let error) where error.isFatal: throw error
        case .failure: break
        }
      }
      if !messages.isEmpty {
        try await offsets.requireUnchanged()
        progress.received(messages)
        let done = await handle(messages)
        try await commit(messages.prefix(done), &offsets)
        guard done == messages.count else { return }
      }
      if let address = try? connection.brokers.resolve(), address != consumer.address { return }
      if nextLook < .now {
        guard try await consumer.partitionCount(of: topic) == count else { return }
        nextLook = .now + Self.countInterval
      }
    }
  }

  /// Commits what is done with; what is not committed comes again, and is recognized.
  private func commit(
    _ messages: ArraySlice<KafkaMessage>, _ offsets: inout CommittedOffsets
  ) async throws(KafkaError) {
    var next: [KafkaPartition: Int64] = [:]
    for message in messages { next[partition(message.partition)] = message.offset + 1 }
    progress.done(next)
    try await offsets.commit(next)
  }

  private func partition(_ number: Int32) -> KafkaPartition {
    KafkaPartition(topic: topic, partition: number)
  }

  private static let addressInterval: Duration = .milliseconds(500)
  /// How soon partitions are noticed that a topic has been given.
  private static let countInterval: Duration = .seconds(60)
  /// Who has read so long was not interrupted by what interrupted it before.
  private static let steadyTime: Duration = .seconds(5)
}

extension KafkaConsumer {
  /// How many partitions the broker says a topic has.
  fileprivate func partitionCount(of topic: String) async throws(KafkaError) -> Int {
    guard let count = try await topics(timeout: Self.askingTimeout)[topic] else {
      throw KafkaError(.unknownTopic, "the broker has no topic \(topic)")
    }
    return count
  }

  private static let askingTimeout: Duration = .seconds(2)
}
