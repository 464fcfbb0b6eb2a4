import Events
import Testing

@Suite struct TopicTests {
  struct Tick: Sendable {
    var symbol: String
    var number: Int64
  }

  @Test func aTopicReadsKeyAndSequence() {
    let topic = Topic<Tick>(
      name: "ticks", partitions: 6, retention: .hours(168), key: { $0.symbol },
      sequence: { $0.number })
    #expect(topic.key(Tick(symbol: "GOOG", number: 3)) == "GOOG")
    #expect(topic.sequence?(Tick(symbol: "GOOG", number: 3)) == 3)
    #expect(topic.specification.deadLetter.partitions == 1)
    #expect(topic.deadLetterName == "ticks.dlq")
  }
}
