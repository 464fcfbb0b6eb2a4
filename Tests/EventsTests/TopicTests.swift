import Core
import Events
import Protobuf
import Testing

@Suite struct TopicTests {
  /// Any message serves; a timestamp is at hand.
  static let topic = Topic<Google.Timestamp>(
    name: "ticks", partitions: 6, retention: .hours(168), key: { "\($0.seconds % 3)" },
    sequence: { $0.seconds })

  @Test func aTopicReadsKeyAndSequence() {
    let event = Google.Timestamp(seconds: 5)
    #expect(Self.topic.key(event) == "2")
    #expect(Self.topic.sequence?(event) == 5)
    #expect(Self.topic.specification.deadLetter.partitions == 1)
    #expect(Self.topic.deadLetterName == "ticks.dlq")
  }

  @Test func aTopicMayNameTheTopicOfItsDeadLetters() {
    let topic = Topic<Google.Timestamp>(
      name: "bills", partitions: 2, retention: .forever, deadLetter: "bills.unpaid",
      key: { _ in "" })
    #expect(topic.deadLetterName == "bills.unpaid")
    #expect(topic.specification.deadLetter.name == "bills.unpaid")
    #expect(topic.specification.deadLetter.deadLetterName == "bills.unpaid.dlq")
  }

  @Test(arguments: EventContentType.allCases)
  func anEventIsReadAsItWasWritten(contentType: EventContentType) throws {
    let event = Google.Timestamp(seconds: 1_763_890_201, nanos: 5_000)
    let payload = Self.topic.encode(event, as: contentType)
    #expect(try Self.topic.decode(payload, as: contentType) == event)
  }

  @Test func aPayloadOfAnotherKindIsNamed() {
    #expect {
      try Self.topic.decode(Array("{}".utf8), as: .json)
    } throws: { error in
      "\(error)".hasPrefix("payload is not a google.protobuf.Timestamp: ")
    }
    #expect {
      try Self.topic.decode([0x08], as: .protobuf)
    } throws: { error in
      "\(error)".hasPrefix("payload is not a google.protobuf.Timestamp: ")
    }
  }
}
