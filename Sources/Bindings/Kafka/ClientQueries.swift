internal import CRDKafka

/// Blocking questions to the cluster.
///
/// Each runs on a client's thread.
enum ClientQueries {
  static func watermarks(
    _ client: OpaquePointer, _ partition: KafkaPartition, _ timeout: Duration
  ) -> Result<KafkaWatermarks, KafkaError> {
    var low: Int64 = 0
    var high: Int64 = 0
    let result = rd_kafka_query_watermark_offsets(
      client, partition.topic, partition.partition, &low, &high, timeout.milliseconds)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return .failure(KafkaError(result, doing: "ask for the offsets of \(partition)"))
    }
    return .success(KafkaWatermarks(low: low, high: high))
  }

  static func topics(
    _ client: OpaquePointer, _ timeout: Duration
  ) -> Result<[String: Int], KafkaError> {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let result = rd_kafka_metadata(client, 1, nil, &metadata, timeout.milliseconds)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      return .failure(KafkaError(result, doing: "ask for the topics"))
    }
    // Ours since the call succeeded.
    defer { rd_kafka_metadata_destroy(metadata) }
    var topics: [String: Int] = [:]
    for topic in UnsafeBufferPointer(
      start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
    where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
      topics[String(cString: topic.topic)] = Int(topic.partition_cnt)
    }
    return .success(topics)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, within what librdkafka takes.
  var milliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard seconds < 2_000_000 else { return 2_000_000_000 }
    return Int32(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
