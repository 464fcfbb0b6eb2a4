internal import CRDKafka

/// A topic to create.
public struct KafkaTopicDefinition: Sendable, Hashable {
  /// The topic's name.
  public var name: String
  /// The number of partitions.
  ///
  /// At least 1.
  public var partitions: Int
  /// The number of replicas; -1 leaves it to the broker.
  public var replicas: Int
  /// Properties of the topic, such as `retention.ms`.
  public var properties: [String: String]

  /// A topic to create.
  public init(
    name: String, partitions: Int, replicas: Int = -1, properties: [String: String] = [:]
  ) {
    self.name = name
    self.partitions = partitions
    self.replicas = replicas
    self.properties = properties
  }
}

/// What became of a topic that was to be created.
public enum KafkaTopicOutcome: Sendable, Hashable {
  /// It was created.
  case created
  /// It was there already; its settings are as they were.
  case exists
  /// The broker does not create topics on request, as the mock cluster does not.
  case unsupported
  /// The broker refused.
  case failed(KafkaError)
}

extension KafkaProducer {
  /// Creates topics that do not exist.
  ///
  /// - Returns: an outcome by name. A broker that does not know the request, or never answers it,
  ///   yields ``KafkaTopicOutcome/unsupported``: look with ``topics(timeout:)`` whether the topic is
  ///   there.
  public func createTopics(
    _ topics: [KafkaTopicDefinition], timeout: Duration = .seconds(5)
  ) async throws(KafkaError) -> [String: KafkaTopicOutcome] {
    try await performOnThread { client in
      var requests: [OpaquePointer?] = []
      // Ours before and after the request, which copies them.
      defer { requests.withUnsafeMutableBufferPointer { Self.destroy($0) } }
      for topic in topics {
        switch Self.request(topic) {
        case .success(let request): requests.append(request)
        case .failure(let error): return .failure(error)
        }
      }
      let queue = rd_kafka_queue_new(client)
      defer { rd_kafka_queue_destroy(queue) }
      let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)
      defer { rd_kafka_AdminOptions_destroy(options) }
      var reason = ErrorText()
      _ = reason.fill {
        rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, $0, $1)
      }
      requests.withUnsafeMutableBufferPointer { requests in
        rd_kafka_CreateTopics(client, requests.baseAddress, requests.count, options, queue)
      }
      let event = rd_kafka_queue_poll(queue, timeout.milliseconds + Self.answerMilliseconds)
      defer { if let event { rd_kafka_event_destroy(event) } }
      guard let event, let result = rd_kafka_event_CreateTopics_result(event) else {
        return .success(Self.all(topics, .unsupported))
      }
      let code = rd_kafka_event_error(event)
      switch KafkaError.Code(code) {
      case _ where code == RD_KAFKA_RESP_ERR_NO_ERROR: return .success(Self.outcomes(result))
      case .unsupported, .timedOut: return .success(Self.all(topics, .unsupported))
      default: return .failure(KafkaError(code, doing: "create topics"))
      }
    }
  }

  private static func request(
    _ topic: KafkaTopicDefinition
  ) -> Result<OpaquePointer, KafkaError> {
    var reason = ErrorText()
    let request = reason.fill {
      rd_kafka_NewTopic_new(topic.name, Int32(topic.partitions), Int32(topic.replicas), $0, $1)
    }
    guard let request else {
      return .failure(KafkaError(.invalidArgument, "topic \(topic.name): \(reason.text)"))
    }
    for (name, value) in topic.properties { rd_kafka_NewTopic_set_config(request, name, value) }
    return .success(request)
  }

  private static func destroy(_ requests: UnsafeMutableBufferPointer<OpaquePointer?>) {
    rd_kafka_NewTopic_destroy_array(requests.baseAddress, requests.count)
  }

  private static func outcomes(_ result: OpaquePointer) -> [String: KafkaTopicOutcome] {
    var count = 0
    guard let topics = rd_kafka_CreateTopics_result_topics(result, &count) else { return [:] }
    var outcomes: [String: KafkaTopicOutcome] = [:]
    for topic in UnsafeBufferPointer(start: topics, count: count) {
      let name = String(cString: rd_kafka_topic_result_name(topic))
      let code = rd_kafka_topic_result_error(topic)
      outcomes[name] =
        switch KafkaError.Code(code) {
        case _ where code == RD_KAFKA_RESP_ERR_NO_ERROR: .created
        case .topicAlreadyExists: .exists
        default: .failed(KafkaError(code, doing: "create topic \(name)"))
        }
    }
    return outcomes
  }

  private static func all(
    _ topics: [KafkaTopicDefinition], _ outcome: KafkaTopicOutcome
  ) -> [String: KafkaTopicOutcome] {
    Dictionary(topics.map { ($0.name, outcome) }, uniquingKeysWith: { first, _ in first })
  }

  /// How much longer than the request's own timeout its answer is waited for.
  private static let answerMilliseconds: Int32 = 500
}
