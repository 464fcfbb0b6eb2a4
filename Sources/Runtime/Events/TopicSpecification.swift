/// What a broker must know of a topic to create it: everything but the type of its events.
public struct TopicSpecification: Sendable, Hashable {
  /// The longest name a broker accepts, in bytes.
  public static let nameBytesLimit = 249

  /// The name on the broker, such as `order_events`.
  public let name: String
  /// The number of partitions.
  ///
  /// At least 1; changing it moves keys to other partitions.
  public let partitions: Int
  /// How long the broker keeps the records.
  public let retention: Retention
  /// The name of the topic for the records of this one that no consumer could apply.
  public let deadLetterName: String

  /// Describes a topic.
  ///
  /// - Parameter deadLetter: The topic for what no consumer could apply; nil for the name with `.dlq`.
  /// - Precondition: `partitions` is at least 1 and both names are 1 to 249 characters of letters,
  ///   digits, `.`, `_` and `-` (the rule of Kafka's `Topic.validate`).
  public init(name: String, partitions: Int, retention: Retention, deadLetter: String? = nil) {
    let deadLetter = deadLetter ?? "\(name).dlq"
    precondition(partitions >= 1, "topic \(name): partitions must be at least 1, not \(partitions)")
    for name in [name, deadLetter] {
      precondition(Self.isLegal(name), "topic name \"\(name)\": 1–249 of letters, digits, . _ -")
    }
    self.name = name
    self.partitions = partitions
    self.retention = retention
    self.deadLetterName = deadLetter
  }

  /// The topic that takes the records of this one which no consumer could apply.
  ///
  /// It has one partition, so the dead letters of one key stay in order.
  public var deadLetter: TopicSpecification {
    TopicSpecification(name: deadLetterName, partitions: 1, retention: .hours(30 * 24))
  }

  private static func isLegal(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= nameBytesLimit, name != ".", name != ".." else {
      return false
    }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
