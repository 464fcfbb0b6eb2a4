import Events
import Kafka
import Logging

/// Creates the topics a service declares, where the broker does that on request.
///
/// A broker that does not, such as the development broker, has to have them already.
struct TopicCreator: Sendable {
  let topics: [TopicSpecification]
  let logger: Logger

  /// Creates what is not there; what is there stays as it is.
  ///
  /// - Parameter existing: the topics the broker has.
  func createMissing(
    from existing: [String: Int], with producer: KafkaProducer
  ) async throws(KafkaError) {
    let missing = topics.filter { existing[$0.name] == nil }
    guard !missing.isEmpty else { return }
    let outcomes = try await producer.createTopics(
      missing.map(KafkaTopicDefinition.init), timeout: Self.timeout)
    for (topic, outcome) in outcomes.sorted(by: { $0.key < $1.key }) {
      let metadata: Logger.Metadata = ["topic": "\(topic)"]
      switch outcome {
      case .created: logger.info("topic created", metadata: metadata)
      case .exists: break
      case .unsupported:
        logger.error(
          "topic is missing, and the broker does not create topics on request", metadata: metadata)
      case .failed(let error):
        logger.error("topic was not created", error: error, metadata: metadata)
      }
    }
  }

  private static let timeout: Duration = .seconds(3)
}

extension KafkaTopicDefinition {
  /// The topic as the contracts declare it; replicas are the broker's to choose.
  init(_ topic: TopicSpecification) {
    self.init(
      name: topic.name, partitions: topic.partitions, properties: topic.settings)
  }
}
