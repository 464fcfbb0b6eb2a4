import Kafka
import Observability
import Synchronization

/// How far a consumer's instance here is behind the ends of its partitions.
final class ConsumerProgress: Sendable {
  private struct State {
    weak var consumer: KafkaConsumer?
    /// The partitions that are read here, and what is to be done next of each; nil where nobody knows yet.
    var next: [Int32: Int64?] = [:]
    /// The partitions that are shown.
    var shown: Set<Int32> = []
  }

  private let topic: String
  private let group: String
  private let metrics: MetricsRegistry?
  private let state = Mutex(State())

  init(topic: String, group: String, metrics: MetricsRegistry?) {
    self.topic = topic
    self.group = group
    self.metrics = metrics
    metrics?.gauge(
      "kafka_consumer_partitions", "Partitions that this replica reads.",
      ["group": group, "topic": topic]
    ) { [weak self] in self.map { Double($0.state.withLock { $0.next.count }) } }
  }

  /// Partitions are read from now on, each from where so much of it has been committed.
  func begin(
    _ partitions: [KafkaPartition], of consumer: KafkaConsumer,
    at committed: [KafkaPartition: Int64]
  ) {
    let added = state.withLock { state in
      state.consumer = consumer
      state.next = Dictionary(
        partitions.map { ($0.partition, committed[$0]) }, uniquingKeysWith: { first, _ in first })
      let added = Set(state.next.keys).subtracting(state.shown)
      state.shown.formUnion(added)
      return added
    }
    for partition in added { show(partition) }
  }

  /// They are not read here any more.
  func end() { state.withLock { $0.next = [:] } }

  /// Records were read, in their order: also from the beginning, where the broker does not hold what is to be next.
  func received(_ messages: [KafkaMessage]) {
    state.withLock { state in
      for message in messages {
        guard let next = state.next[message.partition] else { continue }
        state.next[message.partition] = min(next ?? message.offset, message.offset)
      }
    }
  }

  /// All before these offsets is done.
  func done(_ next: [KafkaPartition: Int64]) {
    state.withLock { state in
      for (partition, offset) in next where state.next[partition.partition] != nil {
        state.next[partition.partition] = offset
      }
    }
  }

  /// How many records of a partition are not done yet; nil where another replica reads it, or nobody knows.
  func lag(of partition: Int32) -> Int64? {
    let (consumer, next) = state.withLock { ($0.consumer, $0.next[partition] ?? nil) }
    guard let next,
      let end = consumer?.knownEnd(of: KafkaPartition(topic: topic, partition: partition))
    else { return nil }
    return max(0, end - next)
  }

  private func show(_ partition: Int32) {
    metrics?.gauge(
      "kafka_consumer_lag_messages", "Records that the broker has and the group has not done yet.",
      ["group": group, "topic": topic, "partition": "\(partition)"]
    ) { [weak self] in self?.lag(of: partition).map { Double($0) } }
  }
}
