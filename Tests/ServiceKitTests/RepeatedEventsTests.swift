import Events
import Kafka
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// However often events come, and in whatever order those of different keys do, the effects are those
/// of a run in which each came once, in its turn.
@Suite(.timeLimit(.minutes(12))) struct RepeatedEventsTests {
  /// How often each event is published.
  private static let copies = 5

  let fixture: ConsumerFixture

  init() async throws { fixture = try await ConsumerFixture() }

  /// Keys are mixed at random and repeats come at any time after the first, as a relay that is killed and
  /// a broker that is refilled make them.
  @Test func repeatsThatKeepTheOrderOfFirstsHaveNoEffect() async throws {
    let keys: ClosedRange<Int32> = 1...20
    let count: Int64 = 100
    var random = SeededGenerator(seed: 22)
    var next = Dictionary(uniqueKeysWithValues: keys.map { ($0, Int64(1)) })
    var repeats: [KafkaRecord] = []
    var records: [KafkaRecord] = []
    while let key = next.filter({ $0.value <= count }).keys.sorted().randomElement(using: &random) {
      let sequence = next[key, default: 1]
      next[key] = sequence + 1
      let record = fixture.tick(key, sequence)
      records.append(record)
      repeats += Array(repeating: record, count: Self.copies - 1)
      // About as many repeats as new ones lie behind: some come soon and some late.
      for _ in 0..<Int.random(in: 0...2 * (Self.copies - 1), using: &random) where !repeats.isEmpty
      {
        records.append(repeats.remove(at: Int.random(in: repeats.indices, using: &random)))
      }
    }
    records += repeats.shuffled(using: &random)
    #expect(records.count == keys.count * Int(count) * Self.copies)
    try await apply(records, events: keys.count * Int(count))
    for key in keys { #expect(try await fixture.effects(of: "k\(key)") == Array(1...count)) }
  }

  /// Nothing keeps any order: each event still has its effect once.
  @Test func shuffledEventsHaveTheirEffectsOnce() async throws {
    let events = (1...4 as ClosedRange<Int32>).flatMap { key in
      (1...100 as ClosedRange<Int64>).map { fixture.tick(key, $0) }
    }
    var random = SeededGenerator(seed: 24)
    let records = events.flatMap { Array(repeating: $0, count: Self.copies) }
      .shuffled(using: &random)
    try await apply(records, events: events.count)
    for key in 1...4 {
      #expect(try await fixture.effects(of: "k\(key)").sorted() == Array(1...100))
    }
  }

  /// Consumes records with two instances, of which one ends amid them, until every event has had its effect
  /// and the group has seen every record.
  private func apply(_ records: [KafkaRecord], events: Int) async throws {
    try await fixture.publish(records)
    // The last of each partition, so that the end of the records shows in the effects.
    let marks = (1_001...1_030 as ClosedRange<Int32>).map { fixture.tick($0, 1) }
    try await fixture.publish(marks)
    let consumers = [fixture.consumer(), fixture.consumer()]
    try await withBackground {
      await consumers[0].run()
    } body: {
      let second = Task { await consumers[1].run() }
      try await eventually { try await count() > events / 4 }
      second.cancel()
      await second.value
      try await eventually(within: .seconds(600)) { try await count() >= events + marks.count }
      #expect(try await count() == events + marks.count)
    }
  }

  private func count() async throws -> Int {
    try await fixture.outbox.pool.query("SELECT count(*) AS n FROM effects").one()
      .decode(Int.self, "n")
  }
}
