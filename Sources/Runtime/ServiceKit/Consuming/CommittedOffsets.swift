import Kafka

/// What the broker keeps of how far a share of partitions is done with.
///
/// A broker may come back at the same address without its records and with others in their places, and the client
/// would go on reading where it was, past records that it has never seen. But what was committed is lost as well then:
/// as long as the broker knows that, the records that were read before are those that follow it.
struct CommittedOffsets {
  let consumer: KafkaConsumer
  let partitions: [KafkaPartition]
  /// The offset to read next of each partition; without those that the broker knows none of.
  private(set) var next: [KafkaPartition: Int64]

  init(of partitions: [KafkaPartition], by consumer: KafkaConsumer) async throws(KafkaError) {
    self.partitions = partitions
    self.consumer = consumer
    next = try await consumer.committed(of: partitions, timeout: Self.answerTimeout)
  }

  /// Where to read each partition from.
  var starts: [KafkaPartition: KafkaOffset] {
    Dictionary(
      uniqueKeysWithValues: partitions.map { ($0, next[$0].map { .at($0) } ?? .beginning) })
  }

  /// - Throws: ``KafkaError/Code/noOffset`` if the broker knows less than it did.
  func requireUnchanged() async throws(KafkaError) {
    guard !next.isEmpty else { return }
    let known = try await consumer.committed(
      of: Array(next.keys), timeout: Self.answerTimeout)
    for (partition, offset) in next where known[partition] ?? -1 < offset {
      throw KafkaError(
        .noOffset, "the broker has lost what was committed of \(partition), \(offset)")
    }
  }

  /// - Throws: also when the outcome is not known: what the broker knows has to be asked for anew then.
  mutating func commit(_ offsets: [KafkaPartition: Int64]) async throws(KafkaError) {
    try await consumer.commit(offsets, timeout: Self.answerTimeout)
    next.merge(offsets) { $1 }
  }

  /// How long the broker may take to answer.
  private static let answerTimeout: Duration = .seconds(2)
}
