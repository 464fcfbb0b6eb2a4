public import Events

/// What a broker has otherwise than the contracts declare.
public enum TopicDifference: Sendable, Hashable, CustomStringConvertible {
  /// The topic is not there.
  case missing(topic: String)
  /// It has more or fewer partitions.
  ///
  /// Nobody changes that by itself: keys would move to other partitions, and lose their order.
  case partitions(topic: String, Int, declared: Int)
  /// Its records go by another rule: by their age, "delete", or once their key has a later one, "compact".
  case cleanup(topic: String, String, declared: String)
  /// Its records are kept for another time; both in milliseconds, -1 for ever.
  case retention(topic: String, String, declared: String)

  /// What is different, in words.
  public var description: String {
    switch self {
    case .missing(let topic): "\(topic) is missing"
    case .partitions(let topic, let count, let declared):
      "\(topic) has \(count) partitions, declared are \(declared)"
    case .cleanup(let topic, let policy, let declared):
      "\(topic) has cleanup.policy=\(policy), declared is \(declared)"
    case .retention(let topic, let time, let declared):
      "\(topic) has retention.ms=\(time), declared is \(declared)"
    }
  }

  /// Compares declarations with a broker.
  ///
  /// - Parameters:
  ///   - partitions: the topics that the broker has, and how many partitions each.
  ///   - settings: what it says of their settings; nil where it does not tell, and then only the rest is compared.
  public static func between(
    _ declared: [TopicSpecification], partitions: [String: Int],
    settings: [String: [String: String]]?
  ) -> [TopicDifference] {
    declared.flatMap { topic -> [TopicDifference] in
      guard let count = partitions[topic.name] else { return [.missing(topic: topic.name)] }
      var differences: [TopicDifference] = []
      if count != topic.partitions {
        differences.append(.partitions(topic: topic.name, count, declared: topic.partitions))
      }
      if let policy = settings?[topic.name]?[TopicSpecification.cleanupSetting],
        policy != topic.cleanupPolicy
      {
        differences.append(
          .cleanup(topic: topic.name, policy, declared: topic.cleanupPolicy))
      }
      let wanted = topic.retentionMilliseconds
      if let time = settings?[topic.name]?[TopicSpecification.retentionSetting], time != wanted {
        differences.append(.retention(topic: topic.name, time, declared: wanted))
      }
      return differences
    }
  }
}

extension TopicSpecification {
  /// The settings of a topic as Kafka names them; both are stated, since a cluster may have other defaults.
  var settings: [String: String] {
    [Self.cleanupSetting: cleanupPolicy, Self.retentionSetting: retentionMilliseconds]
  }

  /// Kafka's name of the setting.
  static let cleanupSetting = "cleanup.policy"
  /// Kafka's name of the setting.
  static let retentionSetting = "retention.ms"

  var cleanupPolicy: String {
    switch retention {
    case .forever, .hours: "delete"
    case .latest: "compact"
    }
  }

  /// The value of `retention.ms`: -1 is for ever.
  var retentionMilliseconds: String {
    switch retention {
    case .forever, .latest: "-1"
    case .hours(let hours): "\(hours * 3_600_000)"
    }
  }
}
