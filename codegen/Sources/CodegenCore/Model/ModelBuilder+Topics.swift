import ProtobufC

extension ModelBuilder {
  /// The topic a message is the event of, if its options say so.
  func topic(of message: MessageModel, _ options: [CustomOption]) -> TopicModel? {
    let options = read(options, of: "MessageOptions", at: message.place)
    guard let topic = options.messages("alphintra.options.topic").last else { return nil }
    let name = topic.text("name")
    checkTopicName(name, of: message)
    let deadLetter = topic.fields["dead_letter"] == nil ? nil : topic.text("dead_letter")
    if let deadLetter {
      checkTopicName(deadLetter, of: message)
    } else if name.utf8.count + ".dlq".utf8.count > ModelBuilder.topicNameBytesLimit {
      diagnostics.report(
        message.place, "topic name \"\(name)\" of \(message.name) leaves no room for \".dlq\"",
        "shorten it, or name the topic of its dead letters in `dead_letter`")
    }
    if topic.integer("partitions") < 1 {
      diagnostics.report(
        message.place, "topic \(name) has \(topic.integer("partitions")) partitions",
        "state at least 1")
    }
    if topic.integer("retention_hours") < 0 {
      diagnostics.report(
        message.place, "topic \(name) is kept \(topic.integer("retention_hours")) hours",
        "state a positive number, or none to keep it for ever")
    }
    if topic.boolean("compacted") { checkCompacted(topic, of: message) }
    guard let key = key(of: message, topic) else { return nil }
    return TopicModel(
      name: name, swiftName: SwiftName.lowerCamel(name.replacing(".", with: "_")),
      event: message.type, comment: message.comment, key: key,
      sequence: sequence(of: message, topic),
      partitions: topic.integer("partitions"), retentionHours: topic.integer("retention_hours"),
      isCompacted: topic.boolean("compacted"), deadLetter: deadLetter)
  }

  /// The longest name a broker accepts, in bytes.
  private static let topicNameBytesLimit = 249

  private func checkTopicName(_ name: String, of message: MessageModel) {
    guard
      name.isEmpty || name.utf8.count > ModelBuilder.topicNameBytesLimit || name == "."
        || name == ".."
        || !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    else { return }
    diagnostics.report(
      message.place, "topic name \"\(name)\" of \(message.name) is not legal",
      "use 1 to \(ModelBuilder.topicNameBytesLimit) letters, digits, \".\", \"_\" and \"-\"")
  }

  /// What is kept of a key is its latest event, whatever its age, and none of those before.
  private func checkCompacted(_ topic: OptionMessage, of message: MessageModel) {
    let name = topic.text("name")
    if topic.integer("retention_hours") != 0 {
      diagnostics.report(
        message.place,
        "topic \(name) is compacted, and kept \(topic.integer("retention_hours")) hours",
        "leave `retention_hours` away to keep the latest event of each key, or `compacted` to keep all "
          + "events for a time")
    }
    if !topic.text("sequence").isEmpty {
      diagnostics.report(
        message.place,
        "topic \(name) is compacted, and its events are counted by \(topic.text("sequence"))",
        "leave `sequence` away: consumers would miss the events that later ones have replaced")
    }
  }

  private func key(of message: MessageModel, _ topic: OptionMessage) -> FieldModel? {
    let name = topic.text("key")
    guard let field = message.field(name) else {
      diagnostics.report(
        message.place,
        "topic \(topic.text("name")) is keyed by \"\(name)\", which \(message.name) "
          + "does not have", "name a string field whose events must keep their order")
      return nil
    }
    guard field.value == .scalar(.string), field.cardinality == .implicit else {
      diagnostics.report(
        field.place, "key \(name) of topic \(topic.text("name")) is not a string",
        "name a singular string field without `optional`")
      return nil
    }
    return field
  }

  private func sequence(of message: MessageModel, _ topic: OptionMessage) -> FieldModel? {
    let name = topic.text("sequence")
    guard !name.isEmpty else { return nil }
    guard let field = message.field(name), field.value == .scalar(.int64),
      field.cardinality == .implicit
    else {
      diagnostics.report(
        message.field(name)?.place ?? message.place,
        "sequence \"\(name)\" of topic \(topic.text("name")) is not an int64 field of "
          + message.name, "name a singular int64 field, or leave `sequence` away")
      return nil
    }
    return field
  }
}
