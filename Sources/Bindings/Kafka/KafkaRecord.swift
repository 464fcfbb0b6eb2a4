/// A named value that travels beside a record.
///
/// Names may repeat.
public struct KafkaHeader: Sendable, Hashable {
  /// The name; matched exactly.
  public var name: String
  /// The value, or nil for none.
  public var value: [UInt8]?

  /// A header with the value's bytes.
  public init(name: String, value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// A header with text.
  public init(_ name: String, _ text: String) {
    self.init(name: name, value: Array(text.utf8))
  }

  /// The value as text, or nil if there is none or it is not UTF-8.
  public var text: String? { value.flatMap { String(validating: $0, as: UTF8.self) } }
}

/// A record to publish.
public struct KafkaRecord: Sendable, Hashable {
  /// The topic's name.
  public var topic: String
  /// The key: records with equal keys go to the same partition, in the order they were published.
  public var key: [UInt8]
  /// The payload.
  public var value: [UInt8]
  /// What travels beside the payload.
  public var headers: [KafkaHeader]

  /// A record.
  ///
  /// The partition follows from the key by murmur2, as with Kafka's own clients.
  public init(topic: String, key: [UInt8], value: [UInt8], headers: [KafkaHeader] = []) {
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// Where an acknowledged record is.
public struct KafkaDelivery: Sendable, Hashable {
  /// The partition.
  public let partition: Int32
  /// The record's offset in it.
  public let offset: Int64

  /// A place in a topic.
  public init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

/// A record that was read.
public struct KafkaMessage: Sendable, Hashable {
  /// The topic's name.
  public let topic: String
  /// The partition.
  public let partition: Int32
  /// The record's offset in the partition.
  public let offset: Int64
  /// Milliseconds since the epoch, or nil if the record has none.
  public let timestampMilliseconds: Int64?
  /// The key, or nil for none.
  public let key: [UInt8]?
  /// The payload, or nil for a tombstone.
  public let value: [UInt8]?
  /// What travels beside the payload.
  public let headers: [KafkaHeader]

  /// How many bytes the key, the payload and the headers have together.
  public var byteCount: Int {
    headers.reduce((key?.count ?? 0) + (value?.count ?? 0)) { count, header in
      count + header.name.utf8.count + (header.value?.count ?? 0)
    }
  }
}

/// A partition of a topic.
public struct KafkaPartition: Sendable, Hashable, CustomStringConvertible {
  /// The topic's name.
  public let topic: String
  /// The partition's number, from 0.
  public let partition: Int32

  /// A partition of a topic.
  public init(topic: String, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  /// `topic[partition]`.
  public var description: String { "\(topic)[\(partition)]" }
}

/// The offsets a broker holds of a partition: `low ..< high`.
public struct KafkaWatermarks: Sendable, Hashable {
  /// The first offset still held.
  public let low: Int64
  /// The offset the next record will get.
  public let high: Int64

  /// A range of offsets.
  public init(low: Int64, high: Int64) {
    self.low = low
    self.high = high
  }
}

/// Where to read a partition from.
public enum KafkaOffset: Sendable, Hashable {
  /// The first record still held.
  case beginning
  /// After the last record held now. A record written meanwhile may be missed: prefer ``at(_:)``.
  case end
  /// This offset.
  case at(Int64)
}
