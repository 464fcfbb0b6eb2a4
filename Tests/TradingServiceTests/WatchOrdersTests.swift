import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct WatchOrdersTests {
  @Test func aSnapshotThenEachChangeOnce() async throws {
    let fixture = try await TradingFixture()
    try await fixture.runningWithRelay {
      let trader = try fixture.trader()
      let old = try await trader.place(.buy, "10", at: "100")
      let gone = try await trader.place(.buy, "10", at: "50")
      _ = try await trader.cancel(gone.orderID)
      var updates = try await trader.watch().makeAsyncIterator()
      let snapshot = try #require(try await updates.next())
      #expect(snapshot.sequence == 3)
      #expect(snapshot.snapshot?.orders == [old])
      let new = try await trader.place(.sell, "5", at: "120")
      _ = try await trader.cancel(new.orderID)
      try fixture.market.quote(1, bid: "99", "10", ask: "100", "4")
      _ = try await trader.wait(for: old.orderID, filled: "4")
      try fixture.market.quote(2, bid: "99", "10", ask: "100", "6")
      var seen: [TradingV1.OrderUpdate] = []
      while seen.count < 4, let update = try await updates.next() { seen.append(update) }
      #expect(seen.map(\.sequence) == [4, 5, 6, 7])
      #expect(seen.map { $0.order?.status } == [.open, .canceled, .partiallyFilled, .filled])
      #expect(
        seen.map { $0.order?.orderID } == [new.orderID, new.orderID, old.orderID, old.orderID])
      #expect(seen[3].order == (try await trader.order(old.orderID)))
    }
  }

  @Test("what happened while nothing was published comes once the relay runs")
  func relayStartsLate() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let stream = try await trader.watch()
      var updates = stream.makeAsyncIterator()
      #expect(try await updates.next()?.snapshot?.orders == [])
      for number in 1...5 { _ = try await trader.place(.buy, "1", at: "\(number)") }
      try await withBackground({ await fixture.relay() }) {
        // Reads on where the other iterator stands.
        var updates = stream.makeAsyncIterator()
        var seen: [Int64] = []
        while seen.count < 5, let update = try await updates.next() { seen.append(update.sequence) }
        #expect(seen == [1, 2, 3, 4, 5])
      }
    }
  }

  @Test("any replica serves any subscriber, and one of them fills")
  func twoReplicas() async throws {
    let market = ScriptedMarket()
    let first = try await TradingFixture(market)
    let second = try await TradingFixture(market, beside: first)
    let user = TradingFixture.newUser()
    try await first.runningWithRelay {
      try await eventually {
        try await first.count("SELECT count(*) FROM trading.venue_leases") == 1
      }
      try await second.runningWithRelay {
        let (here, there) = (try first.trader(user), try second.trader(user))
        var updates = try await there.watch().makeAsyncIterator()
        #expect(try await updates.next()?.sequence == 0)
        let atFirst = try await here.place(.buy, "10", at: "100")
        let atSecond = try await there.place(.buy, "10", at: "100")
        try market.quote(1, bid: "99", "20", ask: "100", "12")
        _ = try await there.wait(for: atFirst.orderID, .filled)
        _ = try await here.wait(for: atSecond.orderID, filled: "2")
        // Canceled where nobody matches: what is left of it must not trade any more.
        _ = try await there.cancel(atSecond.orderID)
        let next = try await there.place(.buy, "8", at: "100")
        // A quote that finds the matching replica not yet told is spent on the canceled order.
        var sequence: Int64 = 2
        try await eventually {
          try market.quote(sequence, bid: "99", "20", ask: "100", "8")
          sequence += 1
          return try await here.order(next.orderID).status == .filled
        }
        var seen: [TradingV1.OrderUpdate] = []
        while seen.count < 7, let update = try await updates.next() { seen.append(update) }
        #expect(seen.map(\.sequence) == Array(1...7))
        #expect(seen.suffix(2).map { $0.order?.status } == [.open, .filled])
        #expect(try await there.trades().map(\.quantity) == [8, 2, 10])
        #expect(try await here.order(atSecond.orderID).filledQuantity == 2)
        #expect(try await first.count("SELECT epoch FROM trading.venue_leases") == 1)
      }
    }
  }

  @Test("when the replica that matches goes, the other one takes over")
  func takeOver() async throws {
    let market = ScriptedMarket()
    let first = try await TradingFixture(market)
    let second = try await TradingFixture(market, beside: first)
    let user = TradingFixture.newUser()
    let order = try await first.running {
      let order = try await first.trader(user).place(.buy, "10", at: "100")
      try market.quote(1, bid: "99", "20", ask: "100", "5")
      return try await first.trader(user).wait(for: order.orderID, filled: "5")
    }
    try await second.running {
      try market.quote(2, bid: "99", "20", ask: "100", "5")
      _ = try await second.trader(user).wait(for: order.orderID, .filled)
    }
  }

  @Test func theStreamEndsWhenTheServiceStops() async throws {
    let fixture = try await TradingFixture()
    let trader = try fixture.trader()
    let updates = try await fixture.running {
      let updates = try await trader.watch()
      var iterator = updates.makeAsyncIterator()
      _ = try await iterator.next()
      return updates
    }
    var iterator = updates.makeAsyncIterator()
    let error = await failure { try await iterator.next() }
    #expect(error?.code == .unavailable && error?.errorInfo?.reason == "STOPPING")
  }
}

extension Trader {
  func watch() async throws -> RPCStream<TradingV1.OrderUpdate> {
    try await client.watchOrders(TradingV1.WatchOrdersRequest(), options: options)
  }
}

extension TradingV1.OrderUpdate {
  /// The snapshot, if this is one.
  var snapshot: TradingV1.OrderSnapshot? {
    if case .snapshot(let snapshot) = change { snapshot } else { nil }
  }

  /// The changed order, if this is a change.
  var order: TradingV1.Order? {
    if case .order(let order) = change { order } else { nil }
  }
}
