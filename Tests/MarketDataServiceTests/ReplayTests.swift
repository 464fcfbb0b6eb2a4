import Core
import MarketDataContract
import MarketDataDomain
import Postgres
import ProcessKit
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import MarketDataService

@Suite("Replay of the service", .timeLimit(.minutes(5)))
struct ServiceReplayTests {
  @Test("what is stored is the replay, and goes on after a stop as if there had been none")
  func resumes() async throws {
    let first = try await MarketFixture()
    try await first.running { try await first.waitUntilStored(100) }
    let stopped = try await first.storedStep()
    let second = try await MarketFixture(beside: first)
    try await second.running { try await second.waitUntilStored(stopped + 400) }
    let end = try await second.storedStep()
    let stored = try await second.storedTicks()
    #expect(stored.map(\.quote) == second.pureQuotes(0..<end))
    #expect(Set(stored.map(\.step)) == Set(0..<end))
    for symbol in MarketFixture.symbols {
      let sequences = stored.filter { $0.quote.symbol.rawValue == symbol }.map(\.quote.sequence)
      #expect(sequences == Array(1...end))
    }
  }

  @Test("stored candles are the fold of the stored ticks, and of the market's days before")
  func candles() async throws {
    let fixture = try await MarketFixture()
    try await fixture.running { try await fixture.waitUntilStored(450) }
    let quotes = try await fixture.storedTicks().map(\.quote)
    var book = CandleBook()
    var expected: [String: Candle] = [:]
    func note(_ candle: Candle) {
      expected["\(candle.symbol) \(candle.interval) \(candle.openTime)"] = candle
    }
    for bar in fixture.plan.history { note(bar) }
    // One tick at a time: another grouping than that of the service.
    for quote in quotes { for candle in book.fold([quote]) { note(candle) } }
    var stored: [String: Candle] = [:]
    for instrument in fixture.plan.replay.instruments {
      for interval in CandleInterval.allCases {
        let candles = try await fixture.candles.candles(
          of: instrument.symbol, interval, before: nil, limit: 10_000)
        #expect(candles.map(\.openTime) == candles.map(\.openTime).sorted(by: >))
        for candle in candles {
          stored["\(candle.symbol) \(candle.interval) \(candle.openTime)"] = candle
        }
      }
    }
    #expect(stored == expected)
    #expect(stored.values.contains { $0.tickCount == 0 && $0.isClosed })
    #expect(stored.values.contains { $0.interval == .oneDay && $0.tickCount == 390 && $0.isClosed })
  }

  @Test("of two replicas one replays and both serve; when it goes the other takes over")
  func takeover() async throws {
    let first = try await MarketFixture()
    let second = try await MarketFixture(beside: first)
    let symbol = "BBB"
    try await second.running {
      // Whoever is second follows what the first one stores.
      let handedOver = try await first.running {
        try await first.waitUntilStored(50)
        try await eventually {
          let request = MarketDataV1.GetQuoteRequest.with { $0.symbol = symbol }
          let one = try? await first.client().getQuote(request)
          let two = try? await second.client().getQuote(request)
          return (one?.sequence ?? 0) > 20 && (two?.sequence ?? 0) > 20
        }
        return try await first.storedStep()
      }
      try await second.waitUntilStored(handedOver + 100)
    }
    let end = try await second.storedStep()
    #expect(try await second.storedTicks().map(\.quote) == second.pureQuotes(0..<end))
  }

  @Test("a replica that died without a word is followed after its lease has run out")
  func leaseRunsOut() async throws {
    let fixture = try await MarketFixture(["MARKETDATA_LEASE": "1"])
    let lease = try await fixture.replays.acquire(holder: Self.dead, for: .seconds(1))
    #expect(lease?.nextStep == 0)
    try await fixture.running { try await fixture.waitUntilStored(10) }
  }

  @Test("a replica that waits for the next step keeps its lease")
  func renewal() async throws {
    // A step a minute.
    let fixture = try await MarketFixture(["MARKETDATA_SPEED": "1", "MARKETDATA_LEASE": "1"])
    @Sendable func lease() async throws -> (until: Instant, nextStep: Int64) {
      let row = try await fixture.service.database.pool.query(
        "SELECT lease_until, next_step FROM marketdata.replay"
      ).one()
      return (try row.decode(Instant.self, "lease_until"), try row.decode(Int64.self, "next_step"))
    }
    try await fixture.running {
      try await fixture.waitUntilStored(1)
      let first = try await lease()
      try await eventually { try await lease().until > first.until + .seconds(1) }
      #expect(try await lease().nextStep == first.nextStep)
    }
  }

  @Test("a replica that lost the lease stores nothing, not even the steps that come next")
  func fence() async throws {
    let fixture = try await MarketFixture()
    let old = try #require(try await fixture.replays.acquire(holder: Self.dead, for: .zero))
    let new = try #require(try await fixture.replays.acquire(holder: Self.other, for: .seconds(60)))
    #expect(try await fixture.replays.acquire(holder: Self.dead, for: .seconds(60)) == nil)
    let now = Instant(microseconds: 1_700_000_000_000_000)
    let quotes = fixture.pureQuotes(0..<1)
    let ticks = quotes.map { Tick($0, step: 0, publishedAt: now) }
    var book = CandleBook()
    let candles = book.fold(quotes)
    func store(_ steps: Range<Int64>, under lease: ReplayLease) async throws -> Bool {
      try await fixture.replays.store(
        steps, ticks: ticks, candles: candles, publishedStep: 0, under: lease)
    }
    #expect(try await !store(0..<1, under: old))
    #expect(try await !fixture.replays.renew(old))
    #expect(try await fixture.storedTicks().isEmpty)
    #expect(try await store(0..<1, under: new))
    // The same steps again: the outcome of the first time may have been unknown.
    #expect(try await !store(0..<1, under: new))
    #expect(try await fixture.storedTicks().count == ticks.count)
  }

  @Test("old ticks and minutes are removed, the newest stay")
  func retention() async throws {
    let fixture = try await MarketFixture([
      "MARKETDATA_KEPT_STEPS": "1000", "MARKETDATA_KEPT_MINUTE_DAYS": "1",
    ])
    try await fixture.running { try await fixture.waitUntilStored(1300) }
    let end = try await fixture.storedStep()
    let settings = try MarketDataSettings(fixture.service.environment.reader, service: "marketdata")
    let hub = QuoteHub(latest: try await fixture.ticks.latest(of: fixture.plan.symbols))
    try await Retention(
      settings: settings, ticks: fixture.ticks, candles: fixture.candles, hub: hub, logger: .quiet
    ).removeOld()
    #expect(Set(try await fixture.storedTicks().map(\.step)) == Set((end - 1000)..<end))
    let symbol = Symbol(rawValue: "AAA")
    let latest = try #require(hub.latest(of: symbol))
    let minutes = try await fixture.candles.candles(
      of: symbol, .oneMinute, before: nil, limit: 5000)
    let oldest = latest.quote.marketTime - .seconds(86_400)
    let expected = Set(
      fixture.pureQuotes(0..<end).filter { $0.symbol == symbol }
        .map { CandleInterval.oneMinute.start(containing: $0.marketTime) }
        .filter { $0 >= oldest })
    #expect(Set(minutes.map(\.openTime)) == expected)
    #expect(!expected.isEmpty && expected.count < end)
    let days = try await fixture.candles.candles(of: symbol, .oneDay, before: nil, limit: 5000)
    #expect(days.count >= 5)
    let request = MarketDataV1.GetQuoteRequest.with {
      $0.symbol = "AAA"
      $0.sequence = 1
    }
    await expectError(.notFound, "QUOTE_NOT_KEPT") {
      _ = try await fixture.client().getQuote(request)
    }
  }

  @Test("another seed, day, division or file does not continue a stored replay")
  func identity() async throws {
    let first = try await MarketFixture()
    for (key, value) in [
      ("MARKETDATA_SEED", "8"), ("MARKETDATA_FIRST_DAY", "2012-05-17"),
      ("MARKETDATA_SESSION_STEPS", "780"),
    ] {
      await #expect(throws: ConfigurationError.self, "\(key)") {
        try await MarketFixture([key: value], beside: first)
      }
    }
    await #expect(throws: ConfigurationError.self) {
      let bars = MarketFixture.bars.replacing("90000", with: "90001")
      return try await MarketFixture(bars: bars, beside: first)
    }
    // The speed may change.
    _ = try await MarketFixture(["MARKETDATA_SPEED": "1"], beside: first)
  }

  private static let dead = "0198c0de-0000-7000-8000-000000000001"
  private static let other = "0198c0de-0000-7000-8000-000000000002"
}
