import Kafka
import Logging
import TestSupport
import Testing

/// A mock cluster with one topic `t`, and clients of it.
struct KafkaFixture {
  let cluster: MockCluster
  let connection: KafkaConnection

  init(partitions: Int = 3) throws {
    cluster = try MockCluster(topics: ["t": partitions], logger: .quiet)
    connection = KafkaConnection(
      brokers: try KafkaBrokers(cluster.address), clientID: "test", logger: .quiet)
  }

  func producer(
    _ change: (inout KafkaProducer.Configuration) -> Void = { _ in }
  ) throws -> KafkaProducer {
    var limits = KafkaProducer.Configuration()
    change(&limits)
    return try KafkaProducer(connection, limits)
  }

  func record(_ key: String, _ value: String) -> KafkaRecord {
    KafkaRecord(topic: "t", key: Array(key.utf8), value: Array(value.utf8))
  }
}

extension KafkaConsumer {
  /// Polls until `count` records came, at most for `limit`.
  func messages(
    _ count: Int, bytesLimit: Int = .max, limit: Duration = .seconds(60)
  ) async -> [KafkaMessage] {
    let deadline = ContinuousClock.now + limit
    var messages: [KafkaMessage] = []
    while messages.count < count, .now < deadline {
      for event in await poll(
        limit: 1_000, bytesLimit: bytesLimit, timeout: deadline - .now)
      {
        if case .message(let message) = event { messages.append(message) }
      }
    }
    return messages
  }
}

extension KafkaMessage {
  var text: String { String(decoding: value ?? [], as: UTF8.self) }
}
