import ArgumentParser
import Events
import Kafka
import Logging
import ProcessKit
import ServiceKit

/// `alphintra topics`: what the contracts declare of topics, and the broker's own.
struct Topics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the topics that the contracts declare, or compare them with the broker's.",
    discussion: """
      The topics and those of their dead letters come from the contracts; deploy/topics.json lists them for whoever makes \
      topics in another way. The broker is told as to services: KAFKA_BROKERS, KAFKA_PROPERTIES_FILE; how long events are \
      kept, too: EVENTS_RETENTION_DAYS.

      What a broker has is never changed: another number of partitions would move keys, another retention may lose records.
      """,
    subcommands: [Apply.self, Check.self, List.self])

  /// `alphintra topics apply`.
  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the topics that are missing; any number of times.",
      discussion:
        "The exit code is 1 if one is missing afterwards. What is different otherwise is a warning."
    )

    func run() async throws {
      try await Topics.run { administrator, logger in
        let differences = try await administrator.apply()
        for difference in differences {
          logger.warning("topic differs", metadata: ["what": "\(difference)"])
        }
        let isMissing = differences.contains { if case .missing = $0 { true } else { false } }
        guard !isMissing else { throw ExitCode.failure }
        logger.notice("topics are there", metadata: ["count": "\(ServiceCatalog.topics.count)"])
      }
    }
  }

  /// `alphintra topics check`.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare the broker's topics with the contracts, and change nothing.",
      discussion: "The exit code is 1 if anything is different; each difference is a line.")

    func run() async throws {
      try await Topics.run { administrator, _ in
        let differences = try await administrator.check()
        for difference in differences { print(difference) }
        guard differences.isEmpty else { throw ExitCode.failure }
        print("\(ServiceCatalog.topics.count) topics are as declared")
      }
    }
  }

  /// `alphintra topics list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the topics: name, partitions, and how long records are kept.")

    func run() {
      for topic in ServiceCatalog.topics.sorted(by: { $0.name < $1.name }) {
        let retention =
          switch topic.retention {
          case .forever: "for ever"
          case .hours(let hours): "\(hours) h"
          case .latest: "latest of each key"
          }
        print("\(topic.name)\t\(topic.partitions)\t\(retention)")
      }
    }
  }

  private static func run(
    _ body: (TopicAdministrator, Logger) async throws -> Void
  ) async throws {
    try await ProgramStart.run("topics") { reader, logger in
      var settings = Settings(reader, service: "topics")
      let rule = "must be host:port[,host:port…] or file:/absolute/path"
      let brokers = settings.value("kafka.brokers", rule: rule) { text in try? KafkaBrokers(text) }
      let properties =
        settings.has("kafka.properties_file") ? settings.properties("kafka.properties_file") : [:]
      let retention = EventRetention(&settings)
      try settings.finish()
      guard let brokers else { return }
      let connection = KafkaConnection(
        brokers: brokers, clientID: "topics", properties: properties, logger: logger)
      do {
        try await body(
          TopicAdministrator(
            of: ServiceCatalog.topics.map { retention.applied(to: $0) }, at: connection), logger)
      } catch let error as KafkaError {
        ProgramStart.complain("the broker does not answer: \(error)")
        throw ExitCode.failure
      }
    }
  }
}
