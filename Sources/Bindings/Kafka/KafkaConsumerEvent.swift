/// What a consumer's poll brings.
public enum KafkaConsumerEvent: Sendable {
  /// A record.
  case message(KafkaMessage)
  /// Reading a partition stopped: the broker does not hold the offset, or knows no such partition.
  /// Nothing more comes from it until ``KafkaConsumer/seek(_:to:)``.
  case partitionStopped(KafkaPartition, KafkaError)
  /// The group gave these partitions to this consumer.
  case assigned([KafkaPartition])
  /// The group took these partitions away; records of theirs that are not committed come again,
  /// perhaps elsewhere.
  case revoked([KafkaPartition])
  /// A failure the client recovers from by itself, such as an unreachable broker.
  case failure(KafkaError)
}
