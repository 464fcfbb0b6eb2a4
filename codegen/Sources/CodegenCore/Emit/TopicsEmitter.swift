/// Writes the topics of a package, each typed by its event.
struct TopicsEmitter {
  private let topics: [TopicModel]
  private let scope: Scope

  init(_ package: PackageModel) {
    topics = package.topics
    scope = Scope(package)
  }

  func emit(into writer: inout SwiftWriter) {
    writer.line("/// The topics that events of this package travel by.")
    writer.block("public enum Topics {") { writer in
      for (index, topic) in topics.enumerated() {
        if index > 0 { writer.line() }
        writer.comment(topic.comment)
        let name = ReservedNames.declared(topic.swiftName)
        var arguments = [
          "name: \(quoted(topic.name))", "partitions: \(grouped(topic.partitions))",
          "retention: \(retention(of: topic))",
        ]
        if let deadLetter = topic.deadLetter {
          arguments.append("deadLetter: \(quoted(deadLetter))")
        }
        arguments.append("key: { $0.\(topic.key.name) }")
        if let sequence = topic.sequence { arguments.append("sequence: { $0.\(sequence.name) }") }
        writer.call("public static let \(name) = Topic<\(scope.name(of: topic.event))>(", arguments)
      }
    }
  }

  private func retention(of topic: TopicModel) -> String {
    if topic.isCompacted { return ".latest" }
    return topic.retentionHours == 0 ? ".forever" : ".hours(\(grouped(topic.retentionHours)))"
  }
}
