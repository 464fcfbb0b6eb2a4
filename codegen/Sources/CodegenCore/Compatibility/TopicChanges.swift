import ProtobufC

extension Compatibility {
  /// Topics: what they carry, in which order, and for how long.
  func checkTopics() {
    for topic in old.topics {
      guard let file = old.schema.message(topic.event)?.file, isPromised(file) else { continue }
      if let current = new.topics.first(where: { $0.name == topic.name }) {
        checkTopic(topic, current)
      } else {
        let now = message(topic.event)
        diagnostics.report(
          now.map { $0.place($0.descriptor.location) } ?? place(ofFile: file),
          "topic \(topic.name) is gone", affected: "breaks consumers of topic \(topic.name)",
          "put it back; events of another kind are another topic beside it")
      }
    }
  }

  private func checkTopic(_ topic: ContractTopic, _ current: ContractTopic) {
    func report(_ rule: String, _ remedy: String) {
      diagnostics.report(
        current.place, rule, affected: "breaks consumers of topic \(topic.name)", remedy)
    }
    if current.event != topic.event {
      report(
        "topic \(topic.name) carries \(current.event), carried \(topic.event)",
        "events of another type are another topic")
      return
    }
    if number(current, "key") != number(topic, "key") {
      report(
        "topic \(topic.name) is keyed by \(current.options.text("key")), was keyed by "
          + topic.options.text("key"), "events of one key keep their order: name the same field")
    }
    if !topic.options.text("sequence").isEmpty,
      number(current, "sequence") != number(topic, "sequence")
    {
      report(
        "topic \(topic.name) is counted by \(named(current.options.text("sequence"))), was counted "
          + "by \(named(topic.options.text("sequence")))",
        "consumers find gaps by it: name the same field")
    }
    let partitions = current.options.integer("partitions")
    if partitions < topic.options.integer("partitions") {
      report(
        "topic \(topic.name) has \(partitions) partitions, had \(topic.options.integer("partitions"))",
        "a broker cannot take partitions away: state as many")
    }
    if deadLetter(current) != deadLetter(topic) {
      report(
        "the dead letters of topic \(topic.name) go to \(deadLetter(current)), went to "
          + deadLetter(topic), "whoever looks after them reads them there: name the same topic")
    }
    if current.options.boolean("compacted"), !topic.options.boolean("compacted") {
      report(
        "topic \(topic.name) keeps the latest event of each key, kept every one",
        "consumers were promised every event: the latest of each key are another topic beside it")
    }
    let hours = current.options.integer("retention_hours")
    let hoursBefore = topic.options.integer("retention_hours")
    if hours != 0, hoursBefore == 0 || hours < hoursBefore {
      report(
        "topic \(topic.name) keeps events \(hours) hours, kept them "
          + (hoursBefore == 0 ? "for ever" : "\(hoursBefore) hours"),
        "consumers that were away read from what is kept: keep them as long")
    }
  }

  private func deadLetter(_ topic: ContractTopic) -> String {
    let stated = topic.options.text("dead_letter")
    return stated.isEmpty ? "\(topic.name).dlq" : stated
  }

  /// The number of the field an option names, since a field that has changed its name is reported as
  /// such.
  private func number(_ topic: ContractTopic, _ option: String) -> Int32? {
    let name = topic.options.text(option)
    return topic.message.fields.first { $0.name == name }?.number
  }
}
