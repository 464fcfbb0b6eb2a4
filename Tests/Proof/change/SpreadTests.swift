import Core
import MarketDataContract
import Protobuf
import RPC
import TestSupport
import Testing

@Suite("Spreads", .timeLimit(.minutes(5)))
struct SpreadTests {
  @Test("a spread is what lies between bid and ask, and every refusal says why")
  func one() async throws {
    let fixture = try await MarketFixture()
    let client = fixture.client(as: "gateway")
    let ada = try fixture.service.options(user: "ada")
    func get(_ symbol: String) async throws -> MarketDataV1.Spread {
      try await client.getSpread(.with { $0.symbol = symbol }, options: ada)
    }
    await expectError(.notFound, "NO_QUOTE_YET") { _ = try await get("AAA") }
    try await fixture.running { try await fixture.waitUntilStored(3) }
    let spread = try await get("AAA")
    let quote = try await client.getQuote(.with { $0.symbol = "AAA" })
    #expect(spread.bidPrice == quote.bidPrice && spread.askPrice == quote.askPrice)
    #expect(try spread.width == #require(quote.askPrice) - #require(quote.bidPrice))
    await expectError(.notFound, "SYMBOL_UNKNOWN") { _ = try await get("NOPE") }
    await expectBrokenRules("symbol") { _ = try await get("a") }
  }

  @Test("a stream of spreads begins with a snapshot and counts on")
  func many() async throws {
    let fixture = try await MarketFixture(["MARKETDATA_SPEED": "1000"])
    try await fixture.running {
      try await fixture.waitUntilStored(3)
      let stream = try await fixture.client(as: "gateway").watchSpreads(
        .with { $0.symbols = ["CCC", "AAA"] }, options: fixture.service.options(user: "ada"))
      var sequence: Int64 = 0
      for try await update in stream {
        sequence += 1
        #expect(update.sequence == sequence)
        switch update.change {
        case .snapshot(let snapshot):
          #expect(sequence == 1)
          #expect(snapshot.spreads.map(\.symbol) == ["CCC", "AAA"])
        case .spread(let spread): #expect(["CCC", "AAA"].contains(spread.symbol))
        case nil: Issue.record("message \(sequence) says nothing")
        }
        if sequence == 20 { break }
      }
      #expect(sequence == 20)
    }
  }
}
