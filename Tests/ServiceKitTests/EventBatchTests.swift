import Core
import Events
import Kafka
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// What is read together is applied together, and comes to what it comes to one by one.
@Suite(.timeLimit(.minutes(5))) struct EventBatchTests {
  struct Refusal: Error {}

  let fixture: ConsumerFixture

  init() async throws { fixture = try await ConsumerFixture() }

  /// Records as a consumer reads them.
  private func read(_ records: [KafkaRecord]) async throws -> [KafkaMessage] {
    try await fixture.publish(records)
    return await fixture.broker.messages(records.count)
  }

  @Test func aBatchIsOneTransaction() async throws {
    let messages = try await read(
      (1...20).flatMap { [fixture.tick(1, $0), fixture.tick(2, $0), fixture.tick(1, $0)] })
    let batches = Mutex<[[EventID]]>([])
    let consumer = fixture.consumer { events in
      batches.withLock { $0.append(events.map(\.envelope.headers.eventID)) }
    }
    #expect(await consumer.consume(messages) == messages.count)
    for key in ["k1", "k2"] { #expect(try await fixture.effects(of: key) == Array(1...20)) }
    // One of each id, and none again when all comes again.
    #expect(batches.withLock { $0.map(\.count) } == [40])
    #expect(await consumer.consume(messages) == messages.count)
    #expect(batches.withLock { $0.map(\.count) } == [40])
    #expect(try await transactions() == 1)
  }

  @Test("a batch has so many bytes at most, or one record; nothing is lost or out of order")
  func batchesEndAtTheirSize() async throws {
    var records = (1...60).flatMap { [fixture.tick(1, $0), fixture.tick(2, $0)] }
    // Each is more than a batch may be.
    for index in [0, 17, 18, 90, 119] {
      records[index].headers.append(KafkaHeader("padding", String(repeating: "x", count: 2_000)))
    }
    let messages = try await read(records)
    let sizes = Dictionary(
      uniqueKeysWithValues: zip(try eventIDs(in: messages), messages.map(\.byteCount)))
    let limit = 2_000
    let batches = Mutex<[[Int]]>([])
    let consumer = fixture.consumer(batchBytesLimit: limit) { events in
      batches.withLock { batches in
        batches.append(events.map { sizes[$0.envelope.headers.eventID] ?? 0 })
      }
    }
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually {
        try await fixture.outbox.pool.query("SELECT FROM effects").count == messages.count
      }
    }
    for key in ["k1", "k2"] { #expect(try await fixture.effects(of: key) == Array(1...60)) }
    let found = batches.withLock(\.self)
    #expect(found.allSatisfy { $0.count == 1 || $0.reduce(0, +) <= limit }, "\(found)")
    #expect(found.contains { $0.count > 1 })
  }

  @Test func aBadEventCostsItsNeighboursFewTransactions() async throws {
    let messages = try await read((1...64).map { fixture.tick(Int32($0), 1) })
    let calls = Mutex<[Int]>([])
    let consumer = fixture.consumer { events in
      calls.withLock { $0.append(events.count) }
      if events.contains(where: { $0.envelope.key == "k7" }) { throw UnprocessableEvent("never") }
    }
    #expect(await consumer.consume(messages) == messages.count)
    #expect(try await fixture.deadLetters(of: "k7").map(\.attempts) == [1])
    #expect(try await fixture.outbox.pool.query("SELECT FROM effects").count == 63)
    // The halves that it was in, down to itself, and their others.
    #expect(calls.withLock { $0.filter { $0 > 1 }.max() } == 64)
    #expect(calls.withLock { $0.count } == 13)
    #expect(try await transactions() == 6)
    await consumer.deadLetters.close()
  }

  @Test func whatWaitsIsNotGivenToTheHandler() async throws {
    var (records, next): ([KafkaRecord], [KafkaRecord]) = ([], [])
    for key in 1...3 as ClosedRange<Int32> {
      records += (1...3).map {
        key == 2 && $0 == 2 ? fixture.broken(key, $0) : fixture.tick(key, $0)
      }
      next += (4...6).map { fixture.tick(key, $0) }
    }
    let first = try await read(records)
    try await fixture.publish(next)
    let second = await fixture.broker.messages(records.count + next.count).filter {
      !first.contains($0)
    }
    let consumer = fixture.consumer()
    #expect(await consumer.consume(first) == first.count)
    #expect(await consumer.consume(second) == second.count)
    for key in ["k1", "k3"] { #expect(try await fixture.effects(of: key) == Array(1...6)) }
    #expect(try await fixture.effects(of: "k2") == [1])
    let letters = try await fixture.deadLetters(of: "k2")
    #expect(letters.map(\.attempts) == [1, 0, 0, 0, 0])
    let sequences = letters.map { $0.headers.first { $0.name == EventHeaders.Name.sequence }?.text }
    #expect(sequences == ["2", "3", "4", "5", "6"])
    await consumer.deadLetters.close()
  }

  /// Two instances have the same partitions for a moment, and read them in other orders.
  @Test func noTwoInstancesWaitForEachOther() async throws {
    let keys = 1...60 as ClosedRange<Int32>
    let messages = try await read(keys.flatMap { [fixture.tick($0, 1), fixture.tick($0, 2)] })
    let partitions = Dictionary(grouping: messages, by: \.partition).sorted { $0.key < $1.key }
      .map(\.value)
    #expect(partitions.count == 3)
    let logs = LogCapture()
    let consumers = [fixture.consumer(logger: logs.logger), fixture.consumer(logger: logs.logger)]
    let orders = [Array(partitions.joined()), Array(partitions.reversed().joined())]
    let middle = try #require(try eventIDs(in: partitions[1]).first)
    let pool = fixture.outbox.pool
    try await withThrowingTaskGroup(of: Int.self) { group in
      do {
        // Both come as far as an event that a third may be applying: if each went by its own order, each had by then what
        // the other needs next.
        try await pool.transaction { transaction in
          _ = try await Inbox(consumer: "effects").admit(middle, in: transaction)
          for (consumer, order) in zip(consumers, orders) {
            group.addTask { await consumer.consume(order) }
          }
          try await eventually { try await lockWaits() == 2 }
          throw Refusal()
        }
      } catch is Refusal {}
      for try await done in group { #expect(done == messages.count) }
    }
    #expect(logs.lines.filter { $0.level >= .info }.map(\.message) == [])
    for key in keys { #expect(try await fixture.effects(of: "k\(key)") == [1, 2]) }
  }

  private func lockWaits() async throws -> Int {
    try await fixture.outbox.pool.query(
      """
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """
    ).count
  }

  @Test(
    "in batches of any size, events come to what they come to one by one",
    arguments: 1...4 as ClosedRange<UInt64>)
  func sameAsOneByOne(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let faults = Faults(&random)
    let messages = try await read(faults.records(fixture, &random))
    let grouped = try await ConsumerFixture()
    try await grouped.outbox.pool.loseCommits(every: 5, addingTo: "inbox")
    try await faults.consume(messages, by: fixture) { 1 }
    try await faults.consume(messages, by: grouped) { Int.random(in: 1...60, using: &random) }
    for table in Self.tables {
      let expected = try await Self.rows(table, of: fixture)
      #expect(try await Self.rows(table, of: grouped) == expected, "\(table)")
      #expect(!expected.isEmpty)
    }
    // Four keys wait, and the others are done.
    let waiting = try await fixture.letters.list(limit: 10_000).map(\.keyText)
    #expect(Set(waiting) == ["k1", "k2", "k3", "k4"])
    for key in 5...8 {
      #expect(try await grouped.effects(of: "k\(key)") == Array(1...Faults.eventsEach))
    }
  }

  /// What an instance leaves that dies at any point: what it has applied, and no offset.
  @Test func whatComesAgainInOtherBatchesHasNoEffect() async throws {
    let messages = try await read((1...40).flatMap { [fixture.tick(1, $0), fixture.tick(2, $0)] })
    let consumer = fixture.consumer()
    var random = SeededGenerator(seed: 7)
    var committed = 0
    while committed < messages.count {
      let batch = messages[committed...].prefix(Int.random(in: 1...20, using: &random))
      #expect(await consumer.consume(Array(batch)) == batch.count)
      // Every other instance dies here, and the next begins where an offset was committed.
      if Bool.random(using: &random) { committed += batch.count }
    }
    for key in ["k1", "k2"] { #expect(try await fixture.effects(of: key) == Array(1...40)) }
  }

  // MARK: - What is there in the end

  /// What is stored, without what is of one's own each.
  private static let tables: [PostgresQuery] = [
    "SELECT key, array_agg(sequence ORDER BY id) AS sequences FROM effects GROUP BY key",
    """
    SELECT key, event_id, attempts, regexp_replace(reason, '[0-9]+', '') AS reason,
      rank() OVER (PARTITION BY key ORDER BY id) AS place
    FROM dead_letters
    """,
    "SELECT consumer, event_id FROM inbox",
  ]

  private static func rows(
    _ table: PostgresQuery, of fixture: ConsumerFixture
  ) async throws -> [String] {
    try await fixture.outbox.pool.query(
      "SELECT r::text AS row FROM (\(table)) AS r ORDER BY 1"
    ).map { try $0.decode(String.self, "row") }
  }

  /// How many transactions the effects are from.
  private func transactions() async throws -> Int {
    try await fixture.outbox.pool.query(
      "SELECT count(DISTINCT xmin::text) AS n FROM effects"
    ).one().decode(Int.self, "n")
  }
}

/// Events of eight keys of which five have one that is bad in a way of its own.
private struct Faults: Sendable {
  static let eventsEach: Int64 = 30

  /// The sequence of the bad event of each key.
  let sequences: [Int64]

  init(_ random: inout SeededGenerator) {
    sequences = (0..<5).map { _ in Int64.random(in: 2..<Self.eventsEach, using: &random) }
  }

  /// Each key's in its order, and repeats of any that have been there.
  func records(
    _ fixture: ConsumerFixture, _ random: inout SeededGenerator
  ) -> [KafkaRecord] {
    var next = Dictionary(
      uniqueKeysWithValues: (1...8 as ClosedRange<Int32>).map { ($0, Int64(1)) })
    var records: [KafkaRecord] = []
    while let key = next.filter({ $0.value <= Self.eventsEach }).keys.sorted()
      .randomElement(using: &random)
    {
      let sequence = next[key, default: 1]
      next[key] = sequence + 1
      let isBroken = key == 3 && sequence == sequences[2]
      records.append(isBroken ? fixture.broken(key, sequence) : fixture.tick(key, sequence))
      if Int.random(in: 0..<3, using: &random) == 0,
        let again = records.randomElement(using: &random)
      {
        records.append(again)
      }
    }
    return records
  }

  /// Consumes messages, so many at a time.
  func consume(
    _ messages: [KafkaMessage], by fixture: ConsumerFixture, sizes: () -> Int
  ) async throws {
    let (refused, unprocessable, late) = (sequences[0], sequences[1], sequences[4])
    let isLate = Atomic(true)
    try await fixture.outbox.pool.transaction { transaction in
      try await transaction.script(
        "ALTER TABLE effects ADD CHECK (key <> 'k4' OR sequence <> \(sequences[3]))")
    }
    let consumer = fixture.consumer(attempts: 2) { events in
      for event in events {
        switch (event.envelope.key, event.envelope.headers.sequence) {
        case ("k1", refused): throw EventBatchTests.Refusal()
        case ("k2", unprocessable): throw UnprocessableEvent("never")
        case ("k5", late):
          // Not in company, and alone at the second time.
          if events.count > 1 || isLate.exchange(false, ordering: .relaxed) {
            throw EventBatchTests.Refusal()
          }
        default: break
        }
      }
    }
    var rest = messages[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(sizes()))
      rest = rest.dropFirst(batch.count)
      #expect(await consumer.consume(batch) == batch.count)
    }
    await consumer.deadLetters.close()
  }
}
