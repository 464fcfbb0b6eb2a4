import Core
import Events
import Kafka
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// A poisoned event is put aside with what follows of its key; all other keys go on, and it comes back
/// in its place.
@Suite(.timeLimit(.minutes(5))) struct DeadLetterTests {
  struct Refusal: Error {}

  let fixture: ConsumerFixture

  init() async throws { fixture = try await ConsumerFixture() }

  /// The broken events of the key k1; taken away, the handler is mended.
  private func refusing(
    _ broken: Set<Int64>
  ) -> (refuses: RefusedSequences, check: @Sendable ([ConsumedEvent<Tick>]) throws -> Void) {
    let refused = RefusedSequences(broken)
    return (
      refused,
      { events in
        if refused.refuse(events, of: "k1") { throw Refusal() }
      }
    )
  }

  @Test func aPoisonedEventIsTriedFiveTimesAndItsKeyWaits() async throws {
    let (refused, check) = refusing([2])
    try await fixture.publish((1...4).flatMap { [fixture.tick(1, $0), fixture.tick(2, $0)] })
    let consumer = fixture.consumer(attempts: EventConsumerConfiguration().attempts, before: check)
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.effects(of: "k2") == [1, 2, 3, 4] }
      try await eventually { try await fixture.deadLetters(of: "k1").count == 3 }
      #expect(try await fixture.effects(of: "k1") == [1])
      #expect(refused.attempts(of: 2) == 5)
      let letters = try await fixture.deadLetters(of: "k1")
      #expect(letters.map(\.attempts) == [5, 0, 0])
      #expect(letters.map(\.state) == [.failed, .waiting, .waiting])
      #expect(letters.map(\.reason)[0] == "Refusal()")
      #expect(letters.map(\.reason)[1] == "waits behind \(letters[0].id)")
      #expect(try await fixture.letters.count(.failed) == 1)
      #expect(try await fixture.letters.count(.waiting) == 2)
      // The topic of dead letters is told of the one that failed.
      let told = try await fixture.broker.everything(of: "ticks.dlq")
      #expect(try sequences(of: "k1", in: told) == [2])
      let attempts = told.first?.headers.first { $0.name == DeadLetterTopic.Header.attempts }
      #expect(attempts?.text == "5")

      // Tried again before anything is mended, it fails again, and the others wait on.
      #expect(try await fixture.letters.requeue(letters[1].id) == 3)
      try await eventually { try await fixture.deadLetters(of: "k1").map(\.attempts) == [6, 0, 0] }
      try await eventually { try await fixture.letters.count(.requeued) == 0 }
      #expect(try await fixture.effects(of: "k1") == [1])

      refused.clear()
      #expect(try await fixture.letters.requeue(letters[0].id) == 3)
      try await eventually { try await fixture.effects(of: "k1") == [1, 2, 3, 4] }
      try await eventually { try await fixture.deadLetters(of: "k1").isEmpty }
      try await fixture.publish([fixture.tick(1, 2), fixture.tick(1, 5)])
      try await eventually { try await fixture.effects(of: "k1") == [1, 2, 3, 4, 5] }
      #expect(try await fixture.letters.requeue(letters[0].id) == 0)
    }
  }

  @Test func whatPassesInTheEndIsNoDeadLetter() async throws {
    let attempts = Mutex(0)
    try await fixture.publish((1...4).map { fixture.tick(1, $0) })
    let consumer = fixture.consumer(attempts: 5) { events in
      guard events.contains(where: { $0.envelope.headers.sequence == 2 }) else { return }
      guard events.count == 1 else { throw Refusal() }
      let attempt = attempts.withLock { attempts in
        attempts += 1
        return attempts
      }
      if attempt < 5 { throw Refusal() }
    }
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.effects(of: "k1").count == 4 }
      #expect(try await fixture.effects(of: "k1") == [1, 2, 3, 4])
      #expect(try await fixture.letters.list(limit: 10).isEmpty)
      #expect(try await fixture.broker.everything(of: "ticks.dlq").isEmpty)
    }
  }

  @Test func anUnprocessableEventIsTriedOnceAndCanBeGivenUp() async throws {
    let attempts = Mutex(0)
    try await fixture.publish((1...3).map { fixture.tick(1, $0) })
    let consumer = fixture.consumer { events in
      guard events.contains(where: { $0.envelope.headers.sequence == 1 }) else { return }
      if events.count == 1 { attempts.withLock { $0 += 1 } }
      throw UnprocessableEvent("never")
    }
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.deadLetters(of: "k1").count == 3 }
      #expect(attempts.withLock { $0 } == 1)
      let head = try #require(try await fixture.deadLetters(of: "k1").first)
      #expect(head.reason == "never")
      #expect(try await fixture.letters.discard(head.id) == 2)
      try await eventually { try await fixture.effects(of: "k1") == [2, 3] }
      // Given up for good: it changes nothing when it comes again.
      try await fixture.publish([fixture.tick(1, 1), fixture.tick(1, 4)])
      try await eventually { try await fixture.effects(of: "k1").count == 3 }
      #expect(try await fixture.effects(of: "k1") == [2, 3, 4])
      #expect(try await fixture.letters.list(limit: 10).isEmpty)
      #expect(try await fixture.letters.discard(head.id) == nil)
    }
  }

  @Test func garbageIsPutAsideAsItIs() async throws {
    let broken = fixture.broken(1, 2)
    let noise = KafkaRecord(
      topic: "ticks", key: [0, 0xFF, 0], value: [0, 1, 0xC0, 0],
      headers: [KafkaHeader(name: "event_id", value: [0xFF, 0]), KafkaHeader("x", "\0")])
    let keyless = KafkaRecord(topic: "ticks", key: [], value: [])
    try await fixture.publish([
      fixture.tick(1, 1), broken, fixture.tick(1, 3), noise, noise, keyless, fixture.tick(2, 1),
    ])
    let consumer = fixture.consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.effects(of: "k2") == [1] }
      try await eventually { try await fixture.letters.list(limit: 10).count == 5 }
      #expect(try await fixture.effects(of: "k1") == [1])
      let letter = try #require(try await fixture.deadLetters(of: "k1").first)
      #expect(letter.payload == broken.value)
      #expect(letter.headers == broken.headers)
      #expect(letter.reason.hasPrefix("payload is not a "))
      #expect(letter.consumer == "effects")
      #expect(letter.topic == "ticks")
      // It cannot be read the second time either.
      #expect(try await fixture.letters.requeueAll() == 5)
      try await eventually {
        let letters = try await fixture.letters.list(limit: 10)
        return letters.allSatisfy { $0.state != .requeued } && letters[0].attempts == 2
      }
      for letter in try await fixture.letters.list(limit: 10) where letter.state == .failed {
        #expect(try await fixture.letters.discard(letter.id) != nil)
      }
      try await eventually { try await fixture.effects(of: "k1") == [1, 3] }
      try await eventually { try await fixture.letters.list(limit: 10).isEmpty }
    }
  }

  /// The topic's own copy says what the record was and what became of it.
  @Test func theTopicOfDeadLettersTellsWhy() async throws {
    let broken = fixture.broken(1, 1)
    try await fixture.publish([broken])
    let consumer = fixture.consumer()
    try await withBackground {
      await consumer.run()
    } body: {
      let told = await fixture.broker.messages(1, of: "ticks.dlq")
      let letter = try #require(told.first)
      #expect(letter.value == broken.value)
      #expect(letter.key == broken.key)
      func header(_ name: String) -> String? { letter.headers.first { $0.name == name }?.text }
      #expect(header(DeadLetterTopic.Header.consumer) == "effects")
      #expect(header(DeadLetterTopic.Header.topic) == "ticks")
      #expect(header(DeadLetterTopic.Header.offset) == "0")
      #expect(header(DeadLetterTopic.Header.error)?.hasPrefix("payload is not a ") == true)
      #expect(header(EventHeaders.Name.sequence) == "1")
    }
  }

  /// Events of a key come while its dead letters are tried again: the order holds, whoever is first.
  @Test func theOrderHoldsWhileAKeyComesBack() async throws {
    let (refused, check) = refusing([3])
    let count: Int64 = 300
    let consumers = [
      fixture.consumer(attempts: 1, before: check), fixture.consumer(attempts: 1, before: check),
    ]
    try await withBackground {
      await withTaskGroup { group in
        for consumer in consumers { group.addTask { await consumer.run() } }
      }
    } body: {
      try await withThrowingTaskGroup { group in
        group.addTask {
          for first in stride(from: 1 as Int64, through: count, by: 5) {
            try await fixture.publish((first..<first + 5).map { fixture.tick(1, $0) })
          }
        }
        group.addTask {
          try await eventually { try await fixture.deadLetters(of: "k1").count >= 5 }
          refused.clear()
          while try await fixture.letters.requeueAll() == 0 { await Task.yield() }
        }
        try await group.waitForAll()
      }
      try await eventually { try await fixture.effects(of: "k1").count >= Int(count) }
      #expect(try await fixture.effects(of: "k1") == Array(1...count))
      try await eventually { try await fixture.letters.list(limit: 10).isEmpty }
    }
  }

  /// The broker comes back empty and is refilled: what was put aside is neither lost nor put aside twice.
  @Test func theLossOfTheBrokerKeepsDeadLetters() async throws {
    let brokers = try MovingBrokers()
    let connection = brokers.connection
    try brokers.move(to: fixture.broker.cluster)
    let (refused, check) = refusing([3])
    let consumer = fixture.consumer(connection: connection, before: check)
    let relay = fixture.outbox.relay(to: connection)
    try await withBackground {
      await withTaskGroup { group in
        group.addTask { await consumer.run() }
        group.addTask { await relay.run() }
      }
    } body: {
      try await fixture.outbox.commit(1, count: 5)
      try await eventually { try await fixture.deadLetters(of: "k1").count == 3 }
      fixture.broker.cluster.stop()
      let next = try brokers.start(topics: ["ticks": 3, "ticks.dlq": 1])
      try await fixture.outbox.commit(1)
      try await fixture.outbox.commit(2)
      try await eventually { try await fixture.effects(of: "k2") == [1] }
      try await eventually { try await fixture.deadLetters(of: "k1").count == 4 }
      #expect(try await fixture.effects(of: "k1") == [1, 2])
      refused.clear()
      #expect(try await fixture.letters.requeueAll() == 4)
      try await eventually { try await fixture.effects(of: "k1") == Array(1...6) }
      next.stop()
    }
  }
}

/// What a handler refuses, until it is mended, and how often it was asked for it alone.
final class RefusedSequences: Sendable {
  private let state: Mutex<(refused: Set<Int64>, attempts: [Int64: Int])>

  init(_ refused: Set<Int64>) { state = Mutex((refused, [:])) }

  /// Whether one of a key's events among these is refused.
  func refuse(_ events: [ConsumedEvent<Tick>], of key: String) -> Bool {
    let sequences = events.map(\.envelope).filter { $0.key == key }.map(\.headers.sequence)
    return state.withLock { state in
      if events.count == 1, let sequence = sequences.first {
        state.attempts[sequence, default: 0] += 1
      }
      return !state.refused.isDisjoint(with: sequences)
    }
  }

  func attempts(of sequence: Int64) -> Int { state.withLock { $0.attempts[sequence] ?? 0 } }

  func clear() { state.withLock { $0.refused = [] } }
}
