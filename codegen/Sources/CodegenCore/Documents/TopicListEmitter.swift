import ProtobufC

/// Writes the topics that the contracts declare, for whoever makes them on a broker: name, partitions, what goes and when,
/// and the topic for what no consumer could apply.
struct TopicListEmitter {
  private let topics: [TopicModel]

  init(_ packages: [PackageModel]) {
    topics = packages.flatMap(\.topics).sorted { $0.name < $1.name }
  }

  /// The document; nil when the contracts declare no topic.
  var file: CodeGeneratorResponse.File? {
    guard !topics.isEmpty else { return nil }
    let document = JSONNode.object([
      .init(name: "generator", value: .text(Generator.title)),
      .init(name: "topics", value: .array(topics.map(Self.node))),
    ])
    return CodeGeneratorResponse.File(name: "topics.json", content: document.document)
  }

  private static func node(_ topic: TopicModel) -> JSONNode {
    .object([
      .init(name: "name", value: .text(topic.name)),
      .init(name: "partitions", value: .integer(topic.partitions)),
      // As Kafka's cleanup.policy and retention.ms have it.
      .init(name: "cleanupPolicy", value: .text(topic.isCompacted ? "compact" : "delete")),
      .init(
        name: "retentionMilliseconds",
        value: .integer(topic.retentionHours == 0 ? -1 : topic.retentionHours * 3_600_000)),
      .init(name: "deadLetter", value: .text(topic.deadLetterName)),
    ])
  }
}
