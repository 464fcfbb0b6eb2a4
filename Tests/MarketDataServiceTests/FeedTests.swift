import Core
import Events
import Kafka
import MarketDataContract
import MarketDataDomain
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MarketDataService

@Suite("Market data feed", .timeLimit(.minutes(5)))
struct FeedTests {
  /// Checks that the events hold every stored tick of their symbols up to `last`, in order, each under
  /// one id.
  private func check(
    _ events: [EventEnvelope<MarketDataV1.MarketDataEvent>], against stored: [Tick],
    until last: Int64
  ) {
    let ticks = Dictionary(
      uniqueKeysWithValues: stored.map { ("\($0.quote.symbol) \($0.quote.sequence)", $0) })
    var highest: [String: Int64] = [:]
    var ids: Set<String> = []
    for envelope in events {
      let event = envelope.event
      let tick = ticks["\(event.symbol) \(event.sequence)"]
      #expect(event.quote == tick?.message)
      #expect(event.eventID == tick?.eventID.rawValue)
      #expect(envelope.headers.eventID.rawValue == event.eventID)
      #expect(envelope.headers.sequence == event.sequence && envelope.key == event.symbol)
      #expect(envelope.headers.occurredAt == tick?.publishedAt)
      // A repeated event may come again, a new one comes only next.
      #expect(event.sequence <= highest[event.symbol, default: 0] + 1)
      if event.sequence > highest[event.symbol, default: 0] {
        highest[event.symbol] = event.sequence
        #expect(ids.insert(event.eventID).inserted, "ids are unique")
      }
    }
    for symbol in MarketFixture.symbols { #expect(highest[symbol, default: 0] >= last) }
  }

  private func publishedStep(_ fixture: MarketFixture) async throws -> Int64 {
    try await fixture.service.database.pool.query("SELECT published_step FROM marketdata.replay")
      .one().decode(Int64.self, "published_step")
  }

  @Test("ticks arrive at the topic, in order per symbol, and the position is stored")
  func arrives() async throws {
    let fixture = try await MarketFixture()
    try await fixture.running {
      try await eventually { try await publishedStep(fixture) >= 100 }
      #expect(try await publishedStep(fixture) <= fixture.storedStep())
    }
    var reader = try await FeedReader(fixture.service.environment.kafka)
    try await reader.read(
      until: .init(uniqueKeysWithValues: MarketFixture.symbols.map { ($0, 100) }))
    check(reader.events, against: try await fixture.storedTicks(), until: 100)
    await reader.close()
  }

  @Test("a broker that was down gets every tick from storage once it is back")
  func brokerDown() async throws {
    // Enough ticks that memory does not hold them.
    let fixture = try await MarketFixture(["MARKETDATA_SESSION_STEPS": "1560"])
    let steps = Int64(FeedBacklog.bufferLimit / 3 + 100)
    fixture.service.cluster.setDown()
    try await fixture.running {
      try await fixture.waitUntilStored(steps)
      #expect(try await publishedStep(fixture) == 0)
      try fixture.service.cluster.setUp()
      try await eventually { try await publishedStep(fixture) >= steps }
    }
    var reader = try await FeedReader(fixture.service.environment.kafka)
    try await reader.read(
      until: .init(uniqueKeysWithValues: MarketFixture.symbols.map { ($0, steps) }))
    check(reader.events, against: try await fixture.storedTicks(), until: steps)
    await reader.close()
  }

  @Test("ticks that the broker refused are published again as the same events")
  func brokerRefuses() async throws {
    let fixture = try await MarketFixture()
    // API 0 is Produce; error 10 is MESSAGE_TOO_LARGE, which no client tries again by itself.
    fixture.service.cluster.failNext(
      apiKey: 0, with: Array(repeating: KafkaError.Code(rawValue: 10), count: 3))
    try await fixture.running {
      try await eventually { try await publishedStep(fixture) >= 200 }
    }
    var reader = try await FeedReader(fixture.service.environment.kafka)
    try await reader.read(
      until: .init(uniqueKeysWithValues: MarketFixture.symbols.map { ($0, 200) }))
    check(reader.events, against: try await fixture.storedTicks(), until: 200)
    await reader.close()
  }

  @Test("a replica that takes over publishes what its predecessor stored and did not publish")
  func takeover() async throws {
    let first = try await MarketFixture()
    first.service.cluster.setDown()
    try await first.running { try await first.waitUntilStored(50) }
    let stored = try await first.storedStep()
    try first.service.cluster.setUp()
    let second = try await MarketFixture(beside: first)
    try await second.running {
      try await eventually { try await publishedStep(second) >= stored + 20 }
    }
    var reader = try await FeedReader(second.service.environment.kafka)
    try await reader.read(
      until: .init(uniqueKeysWithValues: MarketFixture.symbols.map { ($0, stored + 20) }))
    check(reader.events, against: try await second.storedTicks(), until: stored + 20)
    await reader.close()
  }
}
