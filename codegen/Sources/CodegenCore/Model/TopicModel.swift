/// The Kafka topic of an event message.
struct TopicModel {
  var name: String
  /// Such as `orderEvents`.
  var swiftName: String
  var event: TypeReference
  var comment: DocComment
  var key: FieldModel
  var sequence: FieldModel?
  var partitions: Int64
  var retentionHours: Int64
  /// Whether of each key only the latest event is kept.
  var isCompacted: Bool
  /// The topic for what no consumer could apply; nil for the name by rule.
  var deadLetter: String?

  /// The topic for what no consumer could apply, stated or by rule.
  var deadLetterName: String { deadLetter ?? "\(name).dlq" }
}
