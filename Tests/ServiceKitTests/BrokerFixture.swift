import Core
import Events
import Kafka
import Logging
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// A mock cluster and what it holds.
struct BrokerFixture: Sendable {
  let cluster: MockCluster
  let connection: KafkaConnection

  init(topics: [String: Int] = ["ticks": 3]) throws {
    let cluster = try MockCluster(topics: topics, logger: .quiet)
    self.init(
      cluster,
      KafkaConnection(
        brokers: try KafkaBrokers(cluster.address), clientID: "test", logger: .quiet))
  }

  init(_ cluster: MockCluster, _ connection: KafkaConnection) {
    self.cluster = cluster
    self.connection = connection
  }

  /// The first records of a topic; waits until there are `count`, and takes what else is there.
  func messages(
    _ count: Int, of topic: String = "ticks", within limit: Duration = .seconds(60)
  ) async -> [KafkaMessage] {
    let deadline = ContinuousClock.now + limit
    var messages: [KafkaMessage] = []
    do {
      let consumer = try KafkaConsumer(connection)
      let partitions = try await consumer.topics()[topic] ?? 0
      try await consumer.assign(
        Dictionary(
          uniqueKeysWithValues: (0..<Int32(partitions)).map {
            (KafkaPartition(topic: topic, partition: $0), KafkaOffset.beginning)
          }))
      while messages.count < count, .now < deadline {
        for event in await consumer.poll(limit: 1_000, timeout: .seconds(1)) {
          if case .message(let message) = event { messages.append(message) }
        }
      }
      await consumer.close()
    } catch {
      Issue.record(error)
    }
    return messages
  }

  /// All records of a topic now.
  func everything(of topic: String = "ticks") async throws -> [KafkaMessage] {
    let consumer = try KafkaConsumer(connection)
    var count = 0
    for number in 0..<(try await consumer.topics()[topic] ?? 0) {
      let held = try await consumer.watermarks(
        of: KafkaPartition(topic: topic, partition: Int32(number)))
      count += Int(held.high - held.low)
    }
    await consumer.close()
    return await messages(count, of: topic)
  }
}

/// Brokers that clients find by a file: others may take their place.
struct MovingBrokers: Sendable {
  private let folder: TemporaryFolder
  let connection: KafkaConnection

  init() throws {
    folder = try TemporaryFolder()
    connection = KafkaConnection(
      brokers: .file("\(folder.path)/brokers"), clientID: "test", logger: .quiet)
  }

  /// Starts others, which hold nothing, and has clients find them.
  func start(topics: [String: Int] = ["ticks": 3]) throws -> MockCluster {
    let cluster = try MockCluster(topics: topics, logger: .quiet)
    try move(to: cluster)
    return cluster
  }

  /// Has clients find these.
  func move(to cluster: MockCluster) throws {
    try cluster.publishAddress(to: "\(folder.path)/brokers")
  }
}

/// The sequences of a key's events, as they come.
func sequences(of key: String, in messages: [KafkaMessage]) throws -> [Int64] {
  try messages.filter { EventRecord.key(of: $0) == key }
    .map { try EventRecord.headers(of: $0).sequence }
}

/// The identities of events, as they come.
func eventIDs(in messages: [KafkaMessage]) throws -> [EventID] {
  try messages.map { try EventRecord.headers(of: $0).eventID }
}

extension OutboxFixture {
  func relay(
    to connection: KafkaConnection,
    _ configuration: OutboxRelay.Configuration = OutboxRelay.Configuration()
  ) -> OutboxRelay {
    OutboxRelay(
      outbox, topics: [ticks.specification], database: pool, kafka: connection,
      configuration: configuration, logger: .quiet)
  }

  /// How many rows have been published.
  func published() async throws -> Int {
    try await pool.query("SELECT count(*) AS n FROM outbox WHERE published_at IS NOT NULL").one()
      .decode(Int.self, "n")
  }
}
