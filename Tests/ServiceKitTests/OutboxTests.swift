import Core
import Events
import Observability
import Postgres
import ProcessKit
import Protobuf
import TestSupport
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct OutboxTests {
  @Test func aRowCarriesTheWholeEvent() async throws {
    let fixture = try await OutboxFixture()
    let id = EventID(UUIDv7.make(now: SystemClock().now))
    let time = Instant(microseconds: 1_700_000_000_123_456)
    try await LogContext.$correlationID.withValue("request-7") {
      try await fixture.pool.transaction { transaction in
        fixture.outbox.append(
          Tick(seconds: 1, nanos: 3), to: ticks, id: id, at: time, in: transaction)
      }
    }
    let history = fixture.outbox.history(of: ticks, in: fixture.pool)
    let envelope = try #require(try await history.read("k3", 0, 2, 10).first)
    #expect(envelope.key == "k3")
    #expect(envelope.event == Tick(seconds: 1, nanos: 3))
    #expect(
      envelope.headers
        == EventHeaders(
          eventID: id, eventType: "google.protobuf.Timestamp", occurredAt: time, producer: "test",
          sequence: 1, correlationID: "request-7"))
  }

  @Test func nothingIsLeftOfATransactionThatFailed() async throws {
    struct Refusal: Error {}
    let fixture = try await OutboxFixture()
    await #expect(throws: Refusal.self) {
      try await fixture.pool.transaction { transaction in
        try await fixture.append(1, in: transaction)
        throw Refusal()
      }
    }
    #expect(try await fixture.unpublished() == 0)
  }

  @Test func theAgeIsThatOfTheOldestEventThatWaits() async throws {
    let fixture = try await OutboxFixture()
    #expect(try await Outbox.oldestAge(in: fixture.pool) == 0)
    try await fixture.commit(1, count: 3)
    try await fixture.pool.execute(
      "UPDATE outbox SET created_at = now() - interval '1 minute' * (4 - id)")
    try await fixture.pool.execute("UPDATE outbox SET published_at = now() WHERE id = 1")
    #expect((120..<170).contains(try await Outbox.oldestAge(in: fixture.pool)))
    try await fixture.pool.execute("UPDATE outbox SET published_at = now()")
    #expect(try await Outbox.oldestAge(in: fixture.pool) == 0)
  }

  @Test func theHistoryIsReadBySequence() async throws {
    let fixture = try await OutboxFixture()
    try await fixture.commit(1, count: 6)
    try await fixture.commit(2, count: 2)
    let history = fixture.outbox.history(of: ticks, in: fixture.pool)
    func sequences(_ after: Int64, _ before: Int64?, limit: Int = 100) async throws -> [Int64] {
      try await history.read("k1", after, before, limit).map(\.headers.sequence)
    }
    #expect(try await sequences(0, nil) == [])
    #expect(try await sequences(2, 6) == [3, 4, 5])
    try await fixture.pool.execute(
      "UPDATE outbox SET published_at = now() WHERE key = 'k1' AND sequence <= 4")
    #expect(try await sequences(0, nil) == [1, 2, 3, 4])
    #expect(try await sequences(1, nil, limit: 2) == [2, 3])
    #expect(try await sequences(4, nil) == [])
  }

  @Test func oneSequenceHasOneEvent() async throws {
    let fixture = try await OutboxFixture()
    try await fixture.commit(1)
    await #expect {
      try await fixture.pool.transaction { transaction in
        fixture.outbox.append(
          Tick(seconds: 1, nanos: 1), to: ticks, id: EventID(UUIDv7.make(now: .epoch)),
          at: .epoch, in: transaction)
      }
    } throws: {
      ($0 as? PostgresError)?.constraint == "outbox_topic_key_sequence_key"
    }
  }

  @Test func aSignalWakesAllWhoWaitAndIsKeptForWhoComesLater() async throws {
    let signal = WakeSignal()
    signal.raise()
    await signal.wait(atMost: .seconds(3_600))
    await withTaskGroup { group in
      for _ in 0..<2 { group.addTask { await signal.wait(atMost: .seconds(3_600)) } }
      group.addTask {
        // Raised until both have been there: a kept signal wakes one only.
        while !Task.isCancelled {
          signal.raise()
          await Task.yield()
        }
      }
      await group.next()
      await group.next()
      group.cancelAll()
    }
    await signal.wait(atMost: .milliseconds(1))
    let waiter = Task { await signal.wait(atMost: .seconds(3_600)) }
    waiter.cancel()
    await waiter.value
  }
}
