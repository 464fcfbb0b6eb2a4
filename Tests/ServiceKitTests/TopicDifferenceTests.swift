import Events
import Kafka
import Logging
import TestSupport
import Testing

@testable import ServiceKit

/// What is said of a broker whose topics are not those of the contracts.
@Suite(.timeLimit(.minutes(5))) struct TopicDifferenceTests {
  private static let declared = [
    TopicSpecification(name: "orders", partitions: 6, retention: .forever),
    TopicSpecification(name: "ticks", partitions: 3, retention: .hours(24)),
    TopicSpecification(name: "states", partitions: 2, retention: .latest),
  ]

  @Test func whatIsAsDeclaredIsNoDifference() {
    let differences = TopicDifference.between(
      Self.declared, partitions: ["orders": 6, "ticks": 3, "states": 2, "somebody_elses": 1],
      settings: [
        "orders": ["retention.ms": "-1", "cleanup.policy": "delete"],
        "ticks": ["retention.ms": "86400000"],
        "states": ["retention.ms": "-1", "cleanup.policy": "compact"],
      ])
    #expect(differences == [])
  }

  @Test func everyDifferenceIsNamed() {
    let differences = TopicDifference.between(
      Self.declared, partitions: ["ticks": 4, "states": 2],
      settings: [
        "ticks": ["retention.ms": "1000", "cleanup.policy": "compact,delete"],
        "states": ["retention.ms": "604800000", "cleanup.policy": "delete"],
      ])
    #expect(
      differences == [
        .missing(topic: "orders"), .partitions(topic: "ticks", 4, declared: 3),
        .cleanup(topic: "ticks", "compact,delete", declared: "delete"),
        .retention(topic: "ticks", "1000", declared: "86400000"),
        .cleanup(topic: "states", "delete", declared: "compact"),
        .retention(topic: "states", "604800000", declared: "-1"),
      ])
    #expect(
      differences.map(\.description) == [
        "orders is missing", "ticks has 4 partitions, declared are 3",
        "ticks has cleanup.policy=compact,delete, declared is delete",
        "ticks has retention.ms=1000, declared is 86400000",
        "states has cleanup.policy=delete, declared is compact",
        "states has retention.ms=604800000, declared is -1",
      ])
  }

  @Test func aBrokerThatDoesNotTellItsSettingsIsComparedByPartitions() {
    let differences = TopicDifference.between(
      Self.declared, partitions: ["orders": 6, "ticks": 3, "states": 2], settings: nil)
    #expect(differences == [])
  }

  /// The mock cluster neither makes topics nor tells their settings: what it holds counts all the same.
  @Test func aRealClientFindsWhatIsMissing() async throws {
    let broker = try BrokerFixture(topics: ["orders": 6, "ticks": 2, "states": 2])
    let administrator = TopicAdministrator(of: Self.declared, at: broker.connection)
    #expect(try await administrator.check() == [.partitions(topic: "ticks", 2, declared: 3)])
    #expect(try await administrator.apply() == [.partitions(topic: "ticks", 2, declared: 3)])
  }

  @Test func aBrokerThatIsAwayIsAnErrorAfterAWhile() async throws {
    let connection = KafkaConnection(
      brokers: try KafkaBrokers("127.0.0.1:1"), clientID: "test", logger: .quiet)
    let administrator = TopicAdministrator(
      of: Self.declared, at: connection, patience: .milliseconds(100))
    await #expect(throws: KafkaError.self) { try await administrator.check() }
  }
}
