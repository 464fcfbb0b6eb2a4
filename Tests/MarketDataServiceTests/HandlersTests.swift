import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC
import TestSupport
import Testing

@testable import MarketDataService

@Suite("Handlers of market data", .timeLimit(.minutes(5)))
struct HandlersTests {
  @Test("instruments come in pages, by symbol, with their grid")
  func instruments() async throws {
    let client = try await MarketFixture().client(as: "gateway")
    let all = try await client.listInstruments(.init())
    #expect(all.instruments.map(\.symbol) == MarketFixture.symbols)
    #expect(all.nextPageToken.isEmpty)
    let one = try #require(all.instruments.first)
    #expect(one.priceIncrement == (try Decimal("0.01")))
    #expect(one.lotSize == 1)
    #expect(one.quoteAsset == "USD")
    var paged: [String] = []
    var token = ""
    repeat {
      let page = try await client.listInstruments(
        .with {
          $0.pageSize = 2
          $0.pageToken = token
        })
      #expect(page.instruments.count <= 2)
      paged += page.instruments.map(\.symbol)
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(paged == MarketFixture.symbols)
  }

  @Test("a quote is the latest or the one asked for, and every NOT_FOUND says why")
  func quotes() async throws {
    let fixture = try await MarketFixture()
    let client = fixture.client()
    func get(_ symbol: String, _ sequence: Int64 = 0) async throws -> MarketDataV1.Quote {
      try await client.getQuote(
        .with {
          $0.symbol = symbol
          $0.sequence = sequence
        })
    }
    await expectError(.notFound, "NO_QUOTE_YET") { _ = try await get("AAA") }
    await expectError(.notFound, "NO_QUOTE_YET") { _ = try await get("AAA", 1) }
    try await fixture.running { try await fixture.waitUntilStored(30) }
    let stored = try await fixture.storedTicks()
    let latest = try await get("AAA")
    #expect(latest == stored.last { $0.quote.symbol.rawValue == "AAA" }?.message)
    #expect(latest.publishedAt?.instant != nil)
    for tick in stored.prefix(20) {
      let quote = tick.quote
      let found = try await get(quote.symbol.rawValue, quote.sequence)
      #expect(found == tick.message)
      #expect(found.bidPrice == quote.bidPrice && found.askSize == quote.askSize)
      #expect(found.marketTime?.instant == quote.marketTime)
    }
    await expectError(.notFound, "SYMBOL_UNKNOWN") { _ = try await get("NOPE") }
    await expectError(.notFound, "NO_QUOTE_YET") { _ = try await get("AAA", latest.sequence + 1) }
    for (symbol, sequence, field) in [
      ("", 0, "symbol"), ("aaa", 0, "symbol"), ("A A", 0, "symbol"),
      ("ABCDEFGHIJKLM", 0, "symbol"), ("AAA", -1, "sequence"),
    ] as [(String, Int64, String)] {
      await expectBrokenRules(field) {
        _ = try await get(symbol, sequence)
      }
    }
  }

  @Test("candles come in pages, newest first, history included")
  func candles() async throws {
    let fixture = try await MarketFixture()
    try await fixture.running { try await fixture.waitUntilStored(400) }
    let client = fixture.client(as: "gateway")
    let request = MarketDataV1.ListCandlesRequest.with { $0.symbol = "AAA" }
    let days = try await client.listCandles(request)
    #expect(days.candles.count >= 4 && days.nextPageToken.isEmpty)
    let oldest = try #require(days.candles.last)
    #expect(oldest.interval == .oneDay && oldest.closed && oldest.tickCount == 0)
    #expect(oldest.openTime?.instant == TradingDay("2012-05-14")?.start)
    #expect(oldest.high == 11 && oldest.volume == 90_000)
    let minutes = try await fixture.candles.candles(
      of: Symbol(rawValue: "AAA"), .oneMinute, before: nil, limit: 10_000)
    for size in [7, 100, 1000] as [Int32] {
      var paged: [MarketDataV1.Candle] = []
      var token = ""
      repeat {
        let page = try await client.listCandles(
          .with {
            $0.symbol = "AAA"
            $0.interval = .oneMinute
            $0.pageSize = size
            $0.pageToken = token
          })
        #expect(page.candles.count == min(Int(size), minutes.count - paged.count))
        paged += page.candles
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(paged == minutes.map(\.message), "pages of \(size)")
    }
  }

  @Test("what is wrong with a list is named")
  func wrongLists() async throws {
    let fixture = try await MarketFixture()
    let client = fixture.client(as: "gateway")
    let foreign = try await client.listInstruments(.with { $0.pageSize = 1 }).nextPageToken
    let tokens = ["x", "zz", "00", "abc", String(repeating: "61", count: 500), foreign]
    for token in tokens {
      await expectError(.invalidArgument, "INVALID_REQUEST", fields: ["page_token"]) {
        _ = try await client.listCandles(
          .with {
            $0.symbol = "AAA"
            $0.pageToken = token
          })
      }
      if token == foreign { continue }
      await expectError(.invalidArgument, "INVALID_REQUEST", fields: ["page_token"]) {
        _ = try await client.listInstruments(.with { $0.pageToken = token })
      }
    }
    await expectBrokenRules("page_size") {
      _ = try await client.listInstruments(.with { $0.pageSize = -1 })
    }
    await expectBrokenRules("page_size") {
      _ = try await client.listCandles(
        .with {
          $0.symbol = "AAA"
          $0.pageSize = -7
        })
    }
    await expectBrokenRules("interval") {
      _ = try await client.listCandles(
        .with {
          $0.symbol = "AAA"
          $0.interval = MarketDataV1.CandleInterval(rawValue: 9)
        })
    }
    await expectError(.notFound, "SYMBOL_UNKNOWN") {
      _ = try await client.listCandles(.with { $0.symbol = "NOPE" })
    }
    await expectBrokenRules("symbol") {
      _ = try await client.listCandles(.init())
    }
  }
}
