/// What a consumer's poll brings.
public enum KafkaConsumerEvent: Sendable {
  /// A record.
  case message(KafkaMessage)
  /// Reading a partition stopped: the broker does not hold the offset, or knows no such partition.
  /// Nothing more comes from it until ``KafkaConsumer/assign(_:)``.
  case partitionStopped(KafkaPartition, KafkaError)
  /// A failure the client recovers from by itself, such as an unreachable broker.
  case failure(KafkaError)
}
