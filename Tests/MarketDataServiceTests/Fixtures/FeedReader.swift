import Events
import Kafka
import MarketDataContract
import ServiceKit
import TestSupport

/// Reads `market_data_feed` from its beginning.
struct FeedReader {
  private let consumer: KafkaConsumer
  private(set) var events: [EventEnvelope<MarketDataV1.MarketDataEvent>] = []

  init(_ connection: KafkaConnection) async throws {
    consumer = try KafkaConsumer(connection)
    let topic = MarketDataV1.Topics.marketDataFeed
    try await consumer.assign(
      Dictionary(
        uniqueKeysWithValues: (0..<topic.partitions).map {
          (KafkaPartition(topic: topic.name, partition: Int32($0)), KafkaOffset.beginning)
        }))
  }

  /// Reads on until the sequences of each symbol reach a last one.
  mutating func read(until last: [String: Int64]) async throws {
    try await eventually { [consumer] in
      var seen: [String: Int64] = [:]
      for event in events {
        seen[event.key] = max(seen[event.key, default: 0], event.event.sequence)
      }
      if last.allSatisfy({ seen[$0, default: 0] >= $1 }) { return true }
      for event in await consumer.poll(limit: 1_000, timeout: .milliseconds(200)) {
        guard case .message(let message) = event else { continue }
        events.append(try EventRecord.decode(message, of: MarketDataV1.Topics.marketDataFeed))
      }
      return false
    }
  }

  func close() async { await consumer.close() }
}
