import Core
import ExchangeContract
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@Suite struct MatchingTests {
  @Test("an order that the quote there is accepts trades with its submission")
  func matchedAtOnce() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      try await fixture.quoteIsKnown(1, bid: "99.98", "100", ask: "100.02", "15")
      let filled = try await sender.submit(.buy, "10", at: "101")
      #expect(filled.status == .filled && filled.filledQuantity == 10)
      #expect(try filled.filledNotional == Decimal("1000.2"))
      // Of the quote's size only 5 are left.
      let partial = try await sender.submit(.buy, "10", at: "101")
      #expect(partial.status == .partiallyFilled && partial.filledQuantity == 5)
      let resting = try await sender.submit(.buy, "10", at: "102")
      #expect(resting.status == .open)
      #expect(try await sender.submit(.sell, "10", at: "99.98").status == .filled)
      try fixture.market.quote(2, bid: "99", "0", ask: "100", "12")
      try await sender.wait(for: resting, .filled)
      try await sender.wait(for: partial, .partiallyFilled, filled: 7)
    }
  }

  @Test func anOrderFillsInPartsOverSeveralQuotes() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let order = try await sender.submit(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "4")
      try await sender.wait(for: order, .partiallyFilled, filled: 4)
      // Worse than the limit: nothing happens at this one.
      try fixture.market.quote(2, bid: "99", "1", ask: "100.01", "50")
      try fixture.market.quote(3, bid: "98", "1", ask: "99.5", "4")
      try await sender.wait(for: order, .partiallyFilled, filled: 8)
      try fixture.market.quote(4, bid: "98", "1", ask: "99", "4")
      let filled = try await sender.wait(for: order, .filled)
      #expect(filled.filledNotional == 996)
      let reports = try await sender.reports(4)
      #expect(reports.map(\.type) == [.accepted, .trade, .trade, .trade])
      #expect(reports.map(\.lastQuantity) == [nil, 4, 4, 2])
      #expect(try reports.map(\.lastPrice) == [nil, 100, Decimal("99.5"), 99])
      #expect(reports.map(\.order?.filledQuantity) == [0, 4, 8, 10])
      #expect(reports.map(\.order?.filledNotional) == [0, 400, 798, 996])
      #expect(reports.last?.order == filled)
      #expect(Set(reports.map(\.executionID)).count == 4 && reports[0].executionID.isEmpty)
    }
  }

  @Test func anOrderEndsWhenItsTimeIsOver() async throws {
    let fixture = try await ExchangeFixture(settings: ["EXCHANGE_RELOAD": "600"])
    try await fixture.running {
      let sender = fixture.sender()
      let now = try await fixture.now()
      let order = try await sender.submit(
        .buy, "10", at: "100", expiresAt: now + .milliseconds(300))
      let later = try await sender.submit(.buy, "10", at: "100", expiresAt: now + .seconds(3600))
      let expired = try await sender.wait(for: order, .expired)
      #expect(try #require(expired.updatedAt?.instant) >= now + .milliseconds(300))
      #expect(try await sender.submit(.buy, "10", at: "100", expiresAt: now).status == .expired)
      #expect(try await sender.find(later.clientOrderID).order == later)
      let reports = try await sender.reports(5)
      #expect(reports.filter { $0.type == .expired }.count == 2)
    }
  }

  @Test("a canceled order trades no more")
  func canceledOrdersRest() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let canceled = try await sender.submit(.buy, "10", at: "100")
      let other = try await sender.submit(.buy, "10", at: "100")
      try await sender.cancel(canceled.exchangeOrderID)
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "10")
      try await sender.wait(for: other, .filled)
      #expect(try await sender.find(canceled.clientOrderID).order?.filledQuantity == .zero)
    }
  }

  @Test("a price that market data does not stand for any more is traded on by nobody")
  func marketAway() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      try await fixture.quoteIsKnown(1, bid: "99", "10", ask: "100", "10")
      fixture.market.setAway(true)
      var order: ExchangeV1.ExchangeOrder?
      // It learns a moment later; what trades until then is no fault.
      try await eventually {
        order = try await sender.submit(.buy, "1", at: "100")
        return order?.status == .open
      }
      fixture.market.setAway(false)
      try await sender.wait(for: try #require(order), .filled)
    }
  }

  @Test("what works is found again by the next process")
  func restart() async throws {
    let market = ScriptedMarket(symbols: symbols)
    let first = try await ExchangeFixture(market)
    let sender = first.sender()
    let order = try await first.running { try await sender.submit(.sell, "10", at: "100") }
    let second = try await ExchangeFixture(
      market, settings: ["EXCHANGE_RELOAD": "600"], beside: first)
    try await second.running {
      try market.quote(1, bid: "100", "4", ask: "101", "0")
      try await second.sender().wait(for: order, .partiallyFilled, filled: 4)
      try market.quote(2, bid: "100", "6", ask: "101", "0")
      try await second.sender().wait(for: order, .filled)
    }
  }

  @Test("a quote that concerns no order costs nothing")
  func idleQuotes() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let resting = try await sender.submit(.buy, "10", at: "90")
      let canceled = try await sender.submit(.buy, "10", at: "100")
      try await sender.cancel(canceled.exchangeOrderID)
      for sequence in 1...200 as ClosedRange<Int64> {
        try fixture.market.quote(sequence, bid: "99", "10", ask: "100", "10")
      }
      // The quotes before this one have been seen when it is.
      let other = try await sender.submit(.buy, "10", at: "100", symbol: "MSFT")
      try fixture.market.quote(1, bid: "99", "10", ask: "100", "10", symbol: "MSFT")
      try await sender.wait(for: other, .filled)
      // A round of matching leaves a row of its symbol.
      #expect(try await fixture.count("SELECT count(*) FROM exchange.quotes") == 1)
      #expect(try await sender.find(resting.clientOrderID).order == resting)
    }
  }

  @Test("a symbol that cannot be stored does not keep the others from trading")
  func oneSymbolFails() async throws {
    let fixture = try await ExchangeFixture()
    let database = fixture.service.database.pool
    try await fixture.running {
      let sender = fixture.sender()
      let stuck = try await sender.submit(.buy, "6", at: "100")
      let other = try await sender.submit(.buy, "7", at: "100", symbol: "MSFT")
      try await database.execute(
        "ALTER TABLE exchange.execution_reports ADD CONSTRAINT refuse CHECK (last_quantity <> 6)")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "6")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "7", symbol: "MSFT")
      try await sender.wait(for: other, .filled)
      #expect(try await sender.find(stuck.clientOrderID).order == stuck)
      // An order that comes now is taken, though the match behind it fails.
      #expect(try await sender.submit(.sell, "1", at: "99").status == .open)
      try await database.execute("ALTER TABLE exchange.execution_reports DROP CONSTRAINT refuse")
      try await sender.wait(for: stuck, .filled)
    }
  }
}

extension ExchangeFixture {
  /// Publishes a quote, and waits until the exchange trades on it: a tiny order tells.
  func quoteIsKnown(
    _ sequence: Int64, bid: String, _ bidSize: String, ask: String, _ askSize: String
  ) async throws {
    try market.quote(sequence, bid: bid, bidSize, ask: ask, askSize)
    let probe = sender("probe")
    try market.quote(sequence, bid: "1", "0", ask: "1", "1", symbol: "MSFT")
    let order = try await probe.submit(.buy, "1", at: "1", symbol: "MSFT")
    try await probe.wait(for: order, .filled)
  }
}
