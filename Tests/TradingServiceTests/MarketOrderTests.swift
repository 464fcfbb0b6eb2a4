import Core
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct MarketOrderTests {
  @Test func aMarketOrderTradesUpToItsProtectionPriceAndThenExpires() async throws {
    let fixture = try await TradingFixture(settings: [
      "TRADING_VENUE_MARKET_COLLAR": "0.01", "TRADING_VENUE_MARKET_LIFETIME": "1.5",
      "TRADING_EXPIRY_INTERVAL": "0.05",
    ])
    try await fixture.runningWithRelay {
      let trader = try fixture.trader()
      var updates = try await trader.watch().makeAsyncIterator()
      _ = try await updates.next()
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "0")
      try await eventually {
        await failure { try await trader.place(.buy, "10", id: "m") } == nil
      }
      let order = try #require(try await trader.orders().first)
      #expect(try order.protectionPrice == Decimal("101"))
      let created = try #require(order.createdAt?.instant)
      #expect(order.expiresAt?.instant == created + .milliseconds(1500))
      try fixture.market.quote(2, bid: "99", "1", ask: "101.01", "50")
      try fixture.market.quote(3, bid: "99", "1", ask: "101", "4")
      let expired = try await trader.wait(for: order.orderID, .expired)
      #expect(expired.filledQuantity == 4)
      #expect(try await trader.trades().map(\.quoteSequence) == [3])
      // One basis point of 404, rounded up.
      #expect(try expired.fees == Decimal("0.0404"))
      var seen: [TradingV1.OrderStatus?] = []
      while seen.count < 3, let update = try await updates.next() {
        seen.append(update.order?.status)
      }
      #expect(seen == [.open, .partiallyFilled, .expired])
      let kept: PostgresQuery = """
        SELECT count(*) FROM trading.accounts WHERE open_notional <> 0 OR working_orders <> 0
        """
      #expect(try await fixture.count(kept) == 0)
      let event = await failure { try await trader.cancel(order.orderID) }
      #expect(event?.errorInfo?.metadata["status"] == "EXPIRED")
    }
  }

  @Test("the fees of an order are those on its sum, however many fills it took")
  func feesAreCumulative() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "0.5")
      for sequence in 1...10 as ClosedRange<Int64> {
        try fixture.market.quote(sequence, bid: "0.4", "1", ask: "0.5", "1")
        _ = try await trader.wait(for: order.orderID, filled: "\(sequence)")
      }
      // One basis point of 5 is 0.0005, where ten fees of their own would be 0.001.
      #expect(try await trader.order(order.orderID).fees == Decimal("0.0005"))
      let fees = try await trader.trades().compactMap(\.fee)
      #expect(try fees.count == 10 && fees.reduce(.zero, +) == Decimal("0.0005"))
    }
  }

  @Test func asManyOrdersWorkAsTheLimitSays() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_RISK_MAX_WORKING_ORDERS": "2"])
    try await fixture.running {
      let trader = try fixture.trader()
      let first = try await trader.place(.buy, "1", at: "10")
      _ = try await trader.place(.buy, "1", at: "10")
      let error = await failure { try await trader.place(.buy, "1", at: "10") }
      #expect(error?.errorInfo?.reason == "RISK_LIMIT_EXCEEDED")
      #expect(
        error?.errorInfo?.metadata
          == ["limit": "WORKING_ORDERS", "value": "2", "requested": "1", "headroom": "0"])
      _ = try await trader.cancel(first.orderID)
      #expect(try await trader.place(.buy, "1", at: "10").status == .open)
    }
  }
}
