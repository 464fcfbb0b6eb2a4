import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC
import TestSupport
import Testing

@testable import MarketDataService

@Suite("SubscribeQuotes", .timeLimit(.minutes(5)))
struct SubscribeQuotesTests {
  @Test("a reader that keeps up gets the snapshot and then every quote, counted without a gap")
  func fastReader() async throws {
    let fixture = try await MarketFixture(["MARKETDATA_SPEED": "1000"])
    try await fixture.running {
      try await fixture.waitUntilStored(3)
      let stream = try await fixture.client().subscribeQuotes(
        .with { $0.symbols = ["CCC", "AAA", "CCC"] })
      var reader = Reader()
      for try await update in stream {
        try reader.take(update)
        #expect(update.sequence == Int64(reader.count))
        if reader.count == 60 { break }
      }
      #expect(reader.quotes.allSatisfy { ["CCC", "AAA"].contains($0.symbol) })
      #expect(reader.snapshot?.quotes.map(\.symbol) == ["CCC", "AAA"])
      for symbol in ["CCC", "AAA"] {
        let sequences = reader.quotes.filter { $0.symbol == symbol }.map(\.sequence)
        #expect(sequences == Array((sequences.first ?? 0)...(sequences.last ?? 0)))
        #expect(sequences.count > 20)
      }
    }
  }

  @Test("a replica that follows tells its subscribers every quote too")
  func follower() async throws {
    let leader = try await MarketFixture(["MARKETDATA_SPEED": "1000"])
    try await leader.running {
      try await leader.waitUntilStored(1)
      let follower = try await MarketFixture(["MARKETDATA_SPEED": "1000"], beside: leader)
      try await follower.running {
        let stream = try await follower.client().subscribeQuotes(.with { $0.symbols = ["BBB"] })
        var reader = Reader()
        for try await update in stream {
          try reader.take(update)
          if reader.count == 40 { break }
        }
        let sequences = reader.quotes.map(\.sequence)
        #expect(sequences == Array((sequences.first ?? 0)...(sequences.last ?? 0)))
        let stored = try await leader.storedTicks().map(\.message)
        #expect(reader.quotes.allSatisfy { stored.contains($0) })
      }
    }
  }

  @Test("a slow reader gets the latest quotes, and sees by the numbers that some were conflated")
  func slowReader() async throws {
    let fixture = try await MarketFixture()
    try await fixture.running {
      let stream = try await fixture.client().subscribeQuotes(
        .with { $0.symbols = MarketFixture.symbols })
      var iterator = stream.makeAsyncIterator()
      var reader = Reader()
      try reader.take(try #require(try await iterator.next()))
      // Meanwhile far more quotes are made than anything on the way may hold.
      try await fixture.waitUntilStored(1_500)
      var last = reader.lastSequence
      var largestStep: Int64 = 0
      while largestStep <= 1 {
        let update = try #require(try await iterator.next())
        try reader.take(update)
        largestStep = max(largestStep, update.sequence - last)
        last = update.sequence
      }
      #expect(reader.count < 1_500)
    }
  }

  @Test("a stream ends with an error that says to come back when the replica stops")
  func stopping() async throws {
    let fixture = try await MarketFixture()
    let stream = try await fixture.running {
      let stream = try await fixture.client().subscribeQuotes(.with { $0.symbols = ["AAA"] })
      try await fixture.waitUntilStored(2)
      return stream
    }
    await expectError(.unavailable, "STOPPING") { for try await _ in stream {} }
    let late = try await fixture.client().subscribeQuotes(.with { $0.symbols = ["AAA"] })
    await expectError(.unavailable, "STOPPING") { for try await _ in late {} }
  }

  @Test("what is wrong with a subscription is named")
  func wrongSubscriptions() async throws {
    let fixture = try await MarketFixture()
    let tooMany = Array(repeating: "AAA", count: 101)
    for (symbols, field) in [
      ([], "symbols"), (tooMany, "symbols"), (["AAA", "bbb"], "symbols[1]"), ([""], "symbols[0]"),
    ] as [([String], String)] {
      await expectBrokenRules(field) {
        let stream = try await fixture.client().subscribeQuotes(.with { $0.symbols = symbols })
        for try await _ in stream {}
      }
    }
    await expectError(.invalidArgument, "INVALID_REQUEST", fields: ["symbols[2]"]) {
      let stream = try await fixture.client().subscribeQuotes(
        .with { $0.symbols = ["AAA", "BBB", "NOPE"] })
      for try await _ in stream {}
    }
    // Only the gateway and trading may subscribe.
    await #expect(throws: RPCError.self) {
      let stream = try await fixture.client(as: "auth").subscribeQuotes(
        .with { $0.symbols = ["AAA"] })
      for try await _ in stream {}
    }
  }

  /// Checks what holds of every stream.
  struct Reader {
    var snapshot: MarketDataV1.QuoteSnapshot?
    var quotes: [MarketDataV1.Quote] = []
    var lastSequence: Int64 = 0
    private var latest: [String: Int64] = [:]

    var count: Int { (snapshot == nil ? 0 : 1) + quotes.count }

    mutating func take(_ update: MarketDataV1.QuoteUpdate) throws {
      #expect(update.sequence > lastSequence)
      lastSequence = update.sequence
      switch try #require(update.change) {
      case .snapshot(let snapshot):
        #expect(self.snapshot == nil && update.sequence == 1, "the snapshot comes first, once")
        self.snapshot = snapshot
        for quote in snapshot.quotes { latest[quote.symbol] = quote.sequence }
      case .quote(let quote):
        #expect(snapshot != nil)
        #expect(quote.sequence > latest[quote.symbol, default: 0])
        latest[quote.symbol] = quote.sequence
        quotes.append(quote)
      }
    }
  }
}
