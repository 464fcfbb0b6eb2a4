internal import CRDKafka

/// Blocking questions to the cluster.
///
/// Each runs on a client's thread.
enum ClientQueries {
  /// Asks for both ends of a partition.
  ///
  /// rd_kafka_query_watermark_offsets would do so in one call, but waits for an answer as long as a socket may, a minute,
  /// whatever it is told: a broker that goes just then holds the thread up. A time of -2 or -1 asks for the ends as well
  /// (ListOffsets of the protocol).
  static func watermarks(
    _ client: OpaquePointer, _ partition: KafkaPartition, _ timeout: Duration
  ) -> Result<KafkaWatermarks, KafkaError> {
    let end = ContinuousClock.now + timeout
    var ends: [Int64] = []
    for offset in [KafkaOffset.beginning, .end] {
      let list = TopicPartitionList([(partition, offset.rawOffset)])
      let left = max(.zero, end - .now).milliseconds
      let result = rd_kafka_offsets_for_times(client, list.pointer, left)
      let failure =
        result == RD_KAFKA_RESP_ERR_NO_ERROR
        ? TopicPartitionList.firstError(in: list.pointer) : result
      if let failure {
        return .failure(KafkaError(failure, doing: "ask for the offsets of \(partition)"))
      }
      ends += TopicPartitionList.elements(list.pointer).map(\.offset)
    }
    return .success(KafkaWatermarks(low: ends[0], high: ends[1]))
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
