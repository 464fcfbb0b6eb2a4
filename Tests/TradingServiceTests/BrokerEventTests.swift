import AssetContract
import BrokerContract
import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

/// What the broker tells of routed orders: fills, ends, and what does not fit.
@Suite(.timeLimit(.minutes(5))) struct BrokerEventTests {
  static let settings = RouteOrderTests.patient

  @Test(
    "fills are booked with the platform's fees, captured by asset management, and told; duplicates once"
  )
  func fills() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.runningWithRelay {
      try await fixture.funds.running {
        let trader = try fixture.trader(deposits: ["USD": "2000"])
        let order = try await trader.place(.buy, "10", at: "100")
        let accepted = try fixture.broker.event(.accepted, of: order.orderID)
        let part = try fixture.broker.event(.trade, of: order.orderID, last: "4", at: "99.5")
        let rest = try fixture.broker.event(.trade, of: order.orderID, last: "6", at: "100")
        try await fixture.publish([accepted, accepted, part, part])
        let partly = try await trader.wait(for: order.orderID, .partiallyFilled)
        #expect(partly.filledQuantity == 4 && partly.connectionID == "sim")
        try await fixture.publish([part, rest, rest, accepted])
        let filled = try await trader.wait(for: order.orderID, .filled)
        // 398 and 600: one basis point of both together, rounded up once.
        #expect(filled.fees == (try Decimal("0.0998")))
        #expect(filled.averagePrice == (try Decimal("99.8")))
        let trades = try await trader.trades()
        #expect(trades.map(\.quantity) == [6, 4] && trades.allSatisfy { $0.quoteSequence == 0 })
        #expect(trades.map(\.executedAt) == [rest.timestamp, part.timestamp])
        let names: PostgresQuery = """
          SELECT count(*) FROM trading.trades
          WHERE venue_trade_id IN ('sim-' || \(part.executionID), 'sim-' || \(rest.executionID))
          """
        #expect(try await fixture.count(names) == 2)
        #expect(try await trader.positions().map(\.quantity) == [10])
        // CREATED, PARTIALLY_FILLED, FILLED.
        #expect(try await fixture.orderEvents() == 3)
        try await eventually { try await fixture.funds.disagreements() == 0 }
        #expect(try await trader.wallet("USD") == [Decimal("1001.9002"), 0])
        #expect(try await trader.wallet("AAPL") == [10, 0])
        #expect(try await fixture.funds.trialBalance().balanced)
      }
    }
  }

  @Test("a fill that is told before it is known that the exchange has the order opens it first")
  func fillBeforeTheOpen() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader()
      fixture.broker.answer(.pendingNew)
      let order = try await trader.place(.sell, "10", at: "100", id: "s")
      #expect(order.status == .pendingNew)
      try await fixture.tell(.trade, of: order.orderID, last: "4", at: "101")
      let partly = try await trader.wait(for: order.orderID, .partiallyFilled)
      #expect(partly.version == order.version + 2)
      #expect(try await fixture.orderEvents() == 2)
      // The answer comes late, and is no news.
      #expect(try await trader.place(.sell, "10", at: "100", id: "s") == partly)
      try await fixture.tell(.accepted, of: order.orderID)
      try await fixture.tell(.trade, of: order.orderID, last: "6", at: "100")
      let filled = try await trader.wait(for: order.orderID, .filled)
      #expect(filled.version == partly.version + 1)
    }
  }

  @Test("an end that the broker tells ends the order, and gives exactly the rest back")
  func ends() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.runningWithRelay {
      try await fixture.funds.running {
        let trader = try fixture.trader(deposits: ["USD": "3000"])
        let expired = try await trader.place(.buy, "10", at: "100")
        fixture.broker.answer(.pendingNew)
        let rejected = try await trader.place(.buy, "5", at: "100")
        let withdrawn = try await trader.place(.buy, "5", at: "100")
        try await fixture.tell(.trade, of: expired.orderID, last: "3", at: "100")
        try await fixture.tell(.expired, of: expired.orderID)
        try await fixture.tell(.rejected, of: rejected.orderID)
        // The broker's own end of an order that never came to the exchange.
        try await fixture.tell(.canceled, of: withdrawn.orderID)
        _ = try await trader.wait(for: withdrawn.orderID, .canceled)
        let order = try await trader.order(expired.orderID)
        #expect(order.status == .expired && order.filledQuantity == 3)
        let refused = try await trader.order(rejected.orderID)
        #expect(
          refused.rejectReason == "BROKER_REJECTED" && refused.rejectDetail == "UNKNOWN_SYMBOL")
        try await eventually { try await trader.wallet("USD") == [Decimal("2699.97"), 0] }
        #expect(try await fixture.funds.disagreements() == 0)
        let idle: PostgresQuery = """
          SELECT count(*) FROM trading.accounts WHERE open_notional <> 0 OR working_orders <> 0
          """
        #expect(try await fixture.count(idle) == 0)
        #expect(try await fixture.count("SELECT count(*) FROM trading.working_orders") == 0)
      }
    }
  }

  @Test("an event that does not fit is put aside, and what follows waits for an operator")
  func poison() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try await fixture.tell(.trade, of: order.orderID, last: "4", at: "99")
      _ = try await trader.wait(for: order.orderID, filled: "4")
      // The exchange says that it has traded 5 in all: one is missing.
      var end = try fixture.broker.event(.canceled, of: order.orderID)
      end.order?.filledQuantity = 5
      let late = try fixture.broker.event(.trade, of: order.orderID, last: "1", at: "99")
      try await fixture.publish([end, late])
      let parked: PostgresQuery = "SELECT count(*) FROM trading.dead_letters"
      try await eventually { try await fixture.count(parked) == 2 }
      let reasons: PostgresQuery = """
        SELECT count(*) FROM trading.dead_letters
        WHERE event_id = \(end.eventID) AND failed_at IS NOT NULL AND attempts = 1
          AND reason LIKE '%traded 5 in all, not 4%'
        """
      #expect(try await fixture.count(reasons) == 1)
      let kept = try await trader.order(order.orderID)
      #expect(kept.status == .partiallyFilled && kept.filledQuantity == 4)
      // The operator discards it, and has what waits behind it tried.
      let database = fixture.service.database.pool
      try await database.execute(
        "DELETE FROM trading.dead_letters WHERE event_id = \(end.eventID)")
      try await database.execute(
        "UPDATE trading.dead_letters SET requeued_at = now() WHERE event_id = \(late.eventID)")
      _ = try await trader.wait(for: order.orderID, filled: "5")
      try await eventually { try await fixture.count(parked) == 0 }
    }
  }

  @Test(
    "events of orders that are not there, of another connection, and of the paper venue's orders change nothing"
  )
  func strangers() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      let paper = try await trader.place(.buy, "1", at: "50", symbol: "MSFT")
      var unknown = try fixture.broker.event(.accepted, of: order.orderID)
      unknown.clientOrderID = TradingFixture.newUser()
      var another = try fixture.broker.event(.canceled, of: order.orderID)
      another.connectionID = "other"
      var ofPaper = try fixture.broker.event(.canceled, of: order.orderID)
      ofPaper.clientOrderID = paper.orderID
      ofPaper.connectionID = "third"
      // Each connection is a key of its own: no stranger waits for another.
      for event in [unknown, another, ofPaper] { try await fixture.publish([event]) }
      let failed: PostgresQuery = """
        SELECT count(*) FROM trading.dead_letters WHERE failed_at IS NOT NULL AND attempts = 1
        """
      try await eventually { try await fixture.count(failed) == 3 }
      #expect(try await trader.order(order.orderID) == order)
      #expect(try await trader.order(paper.orderID) == paper)
    }
  }

  @Test("many orders' events at two replicas, with the orders that are placed meanwhile, add up")
  func manyOrders() async throws {
    let first = try await TradingFixture(settings: RouteOrderTests.settings)
    let second = try await TradingFixture(
      first.market, settings: RouteOrderTests.settings, beside: first)
    try await first.runningWithRelay {
      try await second.running {
        try await first.funds.running {
          let users = (0..<4).map { _ in TradingFixture.newUser() }
          let traders = try users.map { try first.trader($0) }
          let others = try users.map { try second.trader($0, deposits: [:]) }
          for trader in traders { try await trader.purse.fill() }
          try await withThrowingTaskGroup { group in
            for (number, user) in users.enumerated() {
              group.addTask {
                try await Self.trade(
                  number % 2 == 0 ? traders[number] : others[number], user: user, at: first)
              }
            }
            try await group.waitForAll()
          }
          for trader in traders {
            for order in try await trader.orders() {
              #expect(order.status == .filled || order.status == .canceled)
              #expect(order.filledQuantity == (order.status == .filled ? 5 : 2))
            }
            #expect(try await trader.positions().map(\.quantity) == [70])
          }
          try await eventually { try await first.funds.disagreements() == 0 }
          #expect(try await first.funds.trialBalance().balanced)
          #expect(try await first.count("SELECT count(*) FROM trading.dead_letters") == 0)
        }
      }
    }
  }

  /// Places 20 orders, half of which are filled and half of which end with a part traded.
  private static func trade(
    _ trader: Trader, user: String, at fixture: TradingFixture
  ) async throws {
    for number in 0..<20 {
      let order = try await trader.place(.buy, "5", at: "100")
      // While the machine is busy the resumer may have to route it.
      try await eventually {
        fixture.broker.orders.contains { $0.clientOrderID == order.orderID }
      }
      try await fixture.publish([
        try fixture.broker.event(.accepted, of: order.orderID),
        try fixture.broker.event(.trade, of: order.orderID, last: "2", at: "99"),
        number.isMultiple(of: 2)
          ? try fixture.broker.event(.canceled, of: order.orderID)
          : try fixture.broker.event(.trade, of: order.orderID, last: "3", at: "100"),
      ])
      try await eventually { try await trader.order(order.orderID).status.isOver }
    }
  }
}

extension TradingV1.OrderStatus {
  fileprivate var isOver: Bool { [.filled, .canceled, .rejected, .expired].contains(self) }
}
