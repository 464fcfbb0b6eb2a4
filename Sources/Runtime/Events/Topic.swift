public import Protobuf

/// A stream of events of one type, ordered per key.
///
/// Topics are declared in the contracts and generated:
///
/// ```swift
/// extension TradingV1 {
///   public enum Topics {
///     public static let orderEvents = Topic<OrderEvent>(
///       name: "order_events", partitions: 6, retention: .forever,
///       key: { $0.userID }, sequence: { $0.sequence })
///   }
/// }
/// ```
///
/// Events with the same key keep their order from the producer's transaction to every consumer;
/// events with different keys have none.
public struct Topic<Event: Message>: Sendable {
  /// What the broker knows of the topic.
  public let specification: TopicSpecification
  /// The aggregate whose order matters, read from an event.
  public let key: @Sendable (Event) -> String
  /// An event's place among those of its key: 1, 2, 3, … without a gap.
  ///
  /// Nil where the events of a key are not counted; a consumer cannot notice a missing one then.
  public let sequence: (@Sendable (Event) -> Int64)?

  /// Declares a topic.
  ///
  /// - Parameters:
  ///   - name: the name on the broker.
  ///   - partitions: at least 1.
  ///   - retention: how long the broker, and the producer's outbox, keep the events.
  ///   - deadLetter: the topic for events that no consumer could apply; nil for the name with `.dlq`.
  ///   - key: reads an event's key.
  ///   - sequence: reads an event's place among those of its key.
  public init(
    name: String, partitions: Int, retention: Retention, deadLetter: String? = nil,
    key: @escaping @Sendable (Event) -> String,
    sequence: (@Sendable (Event) -> Int64)? = nil
  ) {
    self.specification = TopicSpecification(
      name: name, partitions: partitions, retention: retention, deadLetter: deadLetter)
    self.key = key
    self.sequence = sequence
  }

  /// The name on the broker.
  public var name: String { specification.name }
  /// The number of partitions.
  public var partitions: Int { specification.partitions }
  /// How long the events are kept.
  public var retention: Retention { specification.retention }
  /// The topic for events that no consumer could apply.
  public var deadLetterName: String { specification.deadLetterName }
}
