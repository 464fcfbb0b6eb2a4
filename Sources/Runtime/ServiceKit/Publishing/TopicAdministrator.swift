public import Events
public import Kafka
import Logging

/// Makes declared topics on a broker, and says what the broker has otherwise.
///
/// What is there is never changed: another number of partitions would move keys, and a shorter retention would lose
/// records; a person decides that.
public struct TopicAdministrator: Sendable {
  private let topics: [TopicSpecification]
  private let connection: KafkaConnection
  /// How long the broker may take to be there.
  private let patience: Duration

  /// An administrator; nothing is asked yet.
  public init(
    of topics: [TopicSpecification], at connection: KafkaConnection,
    patience: Duration = .seconds(60)
  ) {
    self.topics = topics
    self.connection = connection
    self.patience = patience
  }

  /// Makes what is missing; any number of times, also at once.
  ///
  /// - Returns: what is different afterwards.
  public func apply() async throws(KafkaError) -> [TopicDifference] {
    try await withProducer { producer throws(KafkaError) in
      let creator = TopicCreator(topics: topics, logger: connection.logger)
      try await creator.createMissing(
        from: try await existing(producer, within: patience), with: producer)
      // What was made is told to all brokers a little later.
      let end = ContinuousClock.now + Self.settlingTime
      while true {
        let differences = try await differences(producer)
        let isMissing = differences.contains { if case .missing = $0 { true } else { false } }
        guard isMissing, ContinuousClock.now < end else { return differences }
        try? await Task.sleep(for: Self.pollInterval)
      }
    }
  }

  /// What the broker has otherwise than declared; changes nothing.
  public func check() async throws(KafkaError) -> [TopicDifference] {
    try await withProducer { producer throws(KafkaError) in
      _ = try await existing(producer, within: patience)
      return try await differences(producer)
    }
  }

  private func differences(_ producer: KafkaProducer) async throws(KafkaError) -> [TopicDifference]
  {
    let partitions = try await producer.topics()
    let known = topics.map(\.name).filter { partitions[$0] != nil }
    let settings = known.isEmpty ? [:] : try await producer.settings(of: known)
    if settings == nil {
      connection.logger.notice(
        "the broker does not tell its topics' settings: only partitions are compared")
    }
    return TopicDifference.between(topics, partitions: partitions, settings: settings)
  }

  /// The broker's topics, as soon as it answers.
  private func existing(
    _ producer: KafkaProducer, within time: Duration
  ) async throws(KafkaError) -> [String: Int] {
    let end = ContinuousClock.now + time
    while true {
      do throws(KafkaError) { return try await producer.topics() } catch {
        guard ContinuousClock.now < end, !Task.isCancelled else { throw error }
      }
      try? await Task.sleep(for: Self.pollInterval)
    }
  }

  private func withProducer<R: Sendable>(
    _ body: (KafkaProducer) async throws(KafkaError) -> R
  ) async throws(KafkaError) -> R {
    let producer = try KafkaProducer(connection)
    do throws(KafkaError) {
      let result = try await body(producer)
      await producer.close(limit: .zero)
      return result
    } catch {
      await producer.close(limit: .zero)
      throw error
    }
  }

  private static let pollInterval: Duration = .milliseconds(200)
  private static let settlingTime: Duration = .seconds(10)
}
