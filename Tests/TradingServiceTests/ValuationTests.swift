import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct ValuationTests {
  @Test func positionsAreMarkedAtTheLatestQuote() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "10")
      _ = try await trader.wait(for: order.orderID, .filled)
      let position = try #require(try await trader.positions().first)
      #expect(position.markPrice == 99 && position.unrealizedPnl == -10)
      try fixture.market.quote(2, bid: "103.5", "0", ask: "104", "0")
      try await eventually { try await trader.positions().first?.unrealizedPnl == 35 }
      _ = try await trader.place(.sell, "10", at: "103")
      try fixture.market.quote(3, bid: "103", "10", ask: "104", "0")
      try await eventually { try await trader.positions().first?.realizedPnl == 30 }
      let flat = try #require(try await trader.positions().first)
      #expect(flat.markPrice == nil && flat.unrealizedPnl == 0)
    }
  }

  @Test("positions are streamed as trades and quotes change them")
  func watchPositions() async throws {
    let fixture = try await TradingFixture()
    try await fixture.runningWithRelay {
      let trader = try fixture.trader()
      var updates = try await trader.watchPositions().makeAsyncIterator()
      let first = try #require(try await updates.next())
      #expect(first.sequence == 1 && first.snapshot?.positions == [])
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "10")
      _ = try await trader.wait(for: order.orderID, .filled)
      let bought = try #require(try await updates.next())
      #expect(bought.sequence == 2 && bought.position?.quantity == 10)
      #expect(bought.position?.unrealizedPnl == -10)
      try fixture.market.quote(2, bid: "101", "0", ask: "102", "0")
      let marked = try #require(try await updates.next())
      #expect(marked.sequence == 3 && marked.position?.markPrice == 101)
      #expect(marked.position?.unrealizedPnl == 10)
      // Another stream begins with what there is.
      var others = try await trader.watchPositions().makeAsyncIterator()
      let now = try #require(marked.position)
      #expect(try await others.next()?.snapshot?.positions == [now])
    }
  }

  /// A subscriber sees what a quote makes of its positions within a quarter of a second.
  ///
  /// The time is what the pace of valuing and this machine make of it: each quote comes just after an update, and so
  /// waits for one pace of 100 ms. The bar is for the median.
  @Test func aMarkIsToldSoon() async throws {
    let fixture = try await TradingFixture()
    try await fixture.runningWithRelay {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "1", ask: "100", "10")
      _ = try await trader.wait(for: order.orderID, .filled)
      var updates = try await trader.watchPositions().makeAsyncIterator()
      _ = try await updates.next()
      var times: [Duration] = []
      for number in 2...21 as ClosedRange<Int64> {
        let start = ContinuousClock.now
        try fixture.market.quote(number, bid: "\(100 + number)", "0", ask: "200", "0")
        while let update = try await updates.next() {
          guard update.position?.markPrice == Decimal(exactly: 100 + number) else { continue }
          break
        }
        times.append(ContinuousClock.now - start)
      }
      times.sort()
      #expect(times[times.count / 2] < .milliseconds(250), "\(times)")
    }
  }

  @Test("the portfolio is cash and units at their marks, by REST and as it changes")
  func portfolio() async throws {
    let fixture = try await TradingFixture()
    try await fixture.runningWithRelay {
      try await fixture.funds.running {
        let trader = try fixture.trader(deposits: ["USD": "2000"])
        try await trader.purse.fill()
        var updates = try await trader.watchPortfolio().makeAsyncIterator()
        let first = try #require(try await updates.next())
        #expect(first.snapshot?.equity == 2000 && first.snapshot?.currency == "USD")
        let order = try await trader.place(.buy, "10", at: "100")
        // What an order holds is the owner's still.
        #expect(try await trader.portfolio().equity == 2000)
        try fixture.market.quote(1, bid: "99", "1", ask: "100", "10")
        _ = try await trader.wait(for: order.orderID, .filled)
        try await eventually { try await trader.portfolio().holdings.count == 1 }
        let now = try await trader.portfolio()
        #expect(try now.cash == Decimal("999.9") && now.marketValue == 990)
        #expect(try now.equity == Decimal("1989.9") && now.fees == Decimal("0.1"))
        #expect(now.unrealizedPnl == -10 && now.realizedPnl == 0)
        #expect(now.holdings.first?.markPrice == 99)
        try fixture.market.quote(2, bid: "105", "0", ask: "106", "0")
        // The last of the updates that a slow reader may not have seen between.
        var last: TradingV1.Portfolio?
        while last?.marketValue != 1050, let update = try await updates.next() {
          if case .portfolio(let portfolio) = update.change { last = portfolio }
          // Cash and units move together: no update has one side of a trade alone.
          let (cash, units) = (last?.cash ?? 0, last?.holdings.first?.quantity ?? 0)
          #expect(units == 10 ? cash < 1000 : cash == 2000)
        }
        #expect(try last?.equity == Decimal("2049.9") && last?.unrealizedPnl == 50)
      }
    }
  }
}

extension Trader {
  func portfolio() async throws -> TradingV1.Portfolio {
    try await client.getPortfolio(TradingV1.GetPortfolioRequest(), options: options)
  }

  func watchPositions() async throws -> RPCStream<TradingV1.PositionUpdate> {
    try await client.watchPositions(TradingV1.WatchPositionsRequest(), options: options)
  }

  func watchPortfolio() async throws -> RPCStream<TradingV1.PortfolioUpdate> {
    try await client.watchPortfolio(TradingV1.WatchPortfolioRequest(), options: options)
  }
}

extension TradingV1.PositionUpdate {
  /// The snapshot, if this is one.
  var snapshot: TradingV1.PositionSnapshot? {
    if case .snapshot(let snapshot) = change { snapshot } else { nil }
  }

  /// The changed position, if this is a change.
  var position: TradingV1.Position? {
    if case .position(let position) = change { position } else { nil }
  }
}

extension TradingV1.PortfolioUpdate {
  /// The snapshot, if this is one.
  var snapshot: TradingV1.Portfolio? {
    if case .snapshot(let snapshot) = change { snapshot } else { nil }
  }
}
