import Events
import Kafka

/// What the broker holds, compared with what it once acknowledged.
struct BrokerAudit: Sendable {
  /// The topics the broker has, with their numbers of partitions.
  let existing: [String: Int]
  /// The topics of which it has lost records.
  let lost: Set<String>

  /// Asks the broker.
  ///
  /// Records that expired are no loss: they move the beginning of a partition and not its end. A
  /// topic that is missing is not lost yet: it can be refilled when it is there again, empty.
  init(
    of producer: KafkaProducer, acknowledged positions: [KafkaPartition: Int64]
  ) async throws(KafkaError) {
    let existing = try await producer.topics(timeout: Self.timeout)
    var lost: Set<String> = []
    for (partition, next) in positions {
      guard let count = existing[partition.topic], !lost.contains(partition.topic) else { continue }
      guard partition.partition < count else {
        lost.insert(partition.topic)
        continue
      }
      let held = try await producer.watermarks(of: partition, timeout: Self.timeout)
      if held.high < next { lost.insert(partition.topic) }
    }
    self.existing = existing
    self.lost = lost
  }

  private static let timeout: Duration = .seconds(3)
}

/// The answers to a batch of records, judged.
struct RelayVerdict: Sendable {
  /// The rows that are in the broker, each behind all earlier ones of its key.
  private(set) var published: [Int64] = []
  /// How far partitions are acknowledged now.
  private(set) var positions: [KafkaPartition: Int64] = [:]
  /// Topics whose records got offsets that had been given before: the broker started anew.
  private(set) var lost: Set<String> = []
  /// Keys whose next record the broker will not take: which row that is, and why.
  private(set) var refused: [OutboxAggregate: (id: Int64, error: KafkaError)] = [:]
  /// A failure that may pass.
  private(set) var failure: KafkaError?

  /// Judges the outcomes of rows, in their order.
  init(
    _ rows: [OutboxRow], _ outcomes: [KafkaProducer.Outcome],
    acknowledged: [KafkaPartition: Int64]
  ) {
    var stopped: Set<OutboxAggregate> = []
    for (row, outcome) in zip(rows, outcomes) {
      switch outcome {
      case .success(let delivery):
        let partition = KafkaPartition(topic: row.topic, partition: delivery.partition)
        // The offset of a record that was stored by an earlier attempt may be unknown.
        if delivery.offset >= 0 {
          if delivery.offset < acknowledged[partition] ?? 0 { lost.insert(row.topic) }
          positions[partition] = max(positions[partition] ?? 0, delivery.offset + 1)
        }
        // A record that passed a failed one of its key comes again behind it.
        if !stopped.contains(row.aggregate) { published.append(row.id) }
      case .failure(let error):
        let isFirst = stopped.insert(row.aggregate).inserted
        if Self.permanent.contains(error.code) {
          if isFirst { refused[row.aggregate] = (row.id, error) }
        } else {
          failure = failure ?? error
        }
      }
    }
  }

  /// Failures that the same record meets again.
  private static let permanent: Set<KafkaError.Code> = [.recordTooLarge, .invalidArgument]
}
