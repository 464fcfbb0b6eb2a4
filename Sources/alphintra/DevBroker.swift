import ArgumentParser
import Events
import Kafka
import Logging
import ProcessKit
import UnixSignals

/// `alphintra dev-broker`: librdkafka's mock cluster as a process of its own.
struct DevBroker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dev-broker",
    abstract: "Run a Kafka broker for development, which keeps nothing.",
    discussion: """
      It is the mock cluster of librdkafka: it listens on 127.0.0.1 at a port of its own choice, \
      which it writes to the address file, holds all topics of the services and those of their \
      dead letters in memory, and forgets everything when it ends. Services find it with \
      KAFKA_BROKERS=file:<address file>, also after it came back at another port.

      In production KAFKA_BROKERS names a real cluster instead.
      """)

  @Option(help: "The file that tells clients where the broker is; an absolute path.")
  var addressFile: String

  func validate() throws {
    guard addressFile.hasPrefix("/") else {
      throw ValidationError("--address-file takes an absolute path, got \"\(addressFile)\"")
    }
  }

  func run() async throws {
    try await ProgramStart.run("dev-broker") { _, logger in
      let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
      let topics = ServiceCatalog.topics.map { ($0.name, $0.partitions) }
      let cluster = try MockCluster(
        topics: Dictionary(topics, uniquingKeysWith: max), logger: logger)
      try cluster.publishAddress(to: addressFile)
      logger.notice(
        "serving",
        metadata: [
          "address": "\(cluster.address)", "topics": "\(topics.map(\.0).joined(separator: " "))",
        ])
      try ReadinessNotifier.fromEnvironment.ready(status: cluster.address)
      for await _ in signals { break }
      ReadinessNotifier.fromEnvironment.stopping()
      cluster.stop()
      logger.notice("stopped")
    }
  }
}
