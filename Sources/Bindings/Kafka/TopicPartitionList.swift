internal import CRDKafka

/// The one owner of an `rd_kafka_topic_partition_list_t`.
struct TopicPartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ positions: [(KafkaPartition, Int64)]) {
    pointer = rd_kafka_topic_partition_list_new(Int32(positions.count))
    for (partition, offset) in positions {
      let element = rd_kafka_topic_partition_list_add(
        pointer, partition.topic, partition.partition)
      element?.pointee.offset = offset
    }
  }

  deinit { rd_kafka_topic_partition_list_destroy(pointer) }

  /// The first error among the elements of a list, which may be missing.
  static func firstError(
    in list: UnsafePointer<rd_kafka_topic_partition_list_t>?
  ) -> rd_kafka_resp_err_t? {
    guard let list else { return nil }
    return elements(list).first { $0.err != RD_KAFKA_RESP_ERR_NO_ERROR }?.err
  }

  static func elements(
    _ list: UnsafePointer<rd_kafka_topic_partition_list_t>
  ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
  }
}

extension KafkaPartition {
  init(_ element: rd_kafka_topic_partition_t) {
    self.init(topic: String(cString: element.topic), partition: element.partition)
  }
}

extension KafkaOffset {
  var rawOffset: Int64 {
    switch self {
    case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
    case .end: Int64(RD_KAFKA_OFFSET_END)
    case .at(let offset): offset
    }
  }
}
