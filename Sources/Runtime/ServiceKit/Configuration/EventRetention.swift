public import Events
public import ProcessKit

/// How long this deployment keeps events: in the broker, in the outbox to refill it, and in the inbox to know
/// them again.
///
/// What a contract says of its topic counts, but where it says "for ever" a deployment may set an end, by
/// `events.retention_days`. All services and `alphintra topics` are given the same.
public struct EventRetention: Sendable, Hashable {
  /// How long the topics are kept, in hours, that their contracts keep for ever; nil: for ever.
  public var hoursLimit: Int?

  /// Keeps events as the contracts say.
  public static let contracts = EventRetention(hoursLimit: nil)

  /// Names the limit, in hours; nil for none.
  public init(hoursLimit: Int?) { self.hoursLimit = hoursLimit }

  /// Reads the setting `events.retention_days`.
  public init(_ settings: inout Settings) {
    let key = "events.retention_days"
    self.init(
      hoursLimit: settings.has(key) ? 24 * settings.integer(key, in: Self.daysRange) : nil)
  }

  /// The topic as it is kept here.
  ///
  /// A compacted topic stays as it is: what it keeps is bounded by its keys.
  public func applied(to topic: TopicSpecification) -> TopicSpecification {
    guard case .forever = topic.retention, let hoursLimit else { return topic }
    return TopicSpecification(
      name: topic.name, partitions: topic.partitions, retention: .hours(hoursLimit),
      deadLetter: topic.deadLetterName)
  }

  /// How old a published row of an outbox is when no refill asks for it any more; nil: never.
  ///
  /// Rows of a compacted topic go when those of a topic that is kept for ever would: an outbox forgets, whatever the
  /// broker keeps, and a refill then brings back the keys that have changed since.
  func outboxAge(of topic: TopicSpecification) -> Duration? {
    let hours: Int? =
      switch applied(to: topic).retention {
      case .forever: nil
      case .hours(let hours): hours
      case .latest: hoursLimit
      }
    return hours.map { .seconds(3_600 * $0) + Self.refillMargin }
  }

  /// How old an event is when no broker can bring it again; nil: never.
  ///
  /// A record that is published again at the end of its time is kept for that long once more, and a broker deletes
  /// whole segments, not records. A compacted topic may bring the latest record of a key at any time.
  func inboxAge(of topic: TopicSpecification) -> Duration? {
    switch applied(to: topic).retention {
    case .forever, .latest: nil
    case .hours(let hours): .seconds(3_600 * 2 * hours) + Self.segmentMargin
    }
  }

  /// The days that the setting may say.
  private static let daysRange = 1...36_500
  /// For clocks that differ, and transactions that last.
  private static let refillMargin: Duration = .seconds(3_600)
  /// Kafka begins a new segment after a week (`segment.ms`) and looks for old ones every five minutes; twice that.
  private static let segmentMargin: Duration = .seconds(14 * 86_400)
}
