import AssetContract
import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

/// Orders and the funds behind them, with the real service that keeps them.
@Suite struct FundsTests {
  @Test func anOrderHoldsWhatItMayCostAndGivesItBack() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000", "AAPL": "10"])
      let buy = try await trader.place(.buy, "10", at: "100")
      // 1,000 and one basis point of it.
      #expect(try await trader.wallet("USD") == [Decimal("999.9"), Decimal("1000.1")])
      let sell = try await trader.place(.sell, "4", at: "120")
      #expect(try await trader.wallet("AAPL") == [6, 4])
      // More units are lacking, which the order says.
      let short = try await trader.place(.sell, "7", at: "120", id: "short")
      #expect(short.status == .rejected && short.rejectReason == "INSUFFICIENT_FUNDS")
      #expect(short.fundsShortage?.asset == "AAPL")
      #expect(short.fundsShortage?.requested == 7 && short.fundsShortage?.available == 6)
      #expect(try await trader.place(.sell, "7", at: "120", id: "short") == short)
      _ = try await trader.cancel(buy.orderID)
      _ = try await trader.cancel(sell.orderID)
      #expect(try await trader.wallet("USD") == [2000, 0])
      #expect(try await trader.wallet("AAPL") == [10, 0])
      #expect(try await fixture.funds.trialBalance().balanced)
    }
  }

  @Test("1,000 parallel orders against funds for 10: exactly 10 are accepted")
  func fundsForTen() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_PENDING_INTERVAL": "0.1"])
    try await fixture.running {
      // Each costs 100.01, fee included.
      let trader = try fixture.trader(deposits: ["USD": "1000.1"])
      let orders = try await withThrowingTaskGroup { group in
        for number in 0..<1000 {
          group.addTask { try await trader.placeOnce("1", at: "100", id: "n-\(number)") }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      // What could not be decided at once is decided by the resumer.
      try await eventually {
        try await fixture.count(
          "SELECT count(*) FROM trading.orders WHERE state = 'PENDING_NEW'") == 0
      }
      #expect(Set(orders.map(\.orderID)).count == 1000)
      let accepted: PostgresQuery = "SELECT count(*) FROM trading.orders WHERE state = 'OPEN'"
      #expect(try await fixture.count(accepted) == 10)
      let refused: PostgresQuery = """
        SELECT count(*) FROM trading.orders
        WHERE state = 'REJECTED' AND reject_reason = 'INSUFFICIENT_FUNDS'
          AND shortage_asset = 'USD' AND shortage_requested = 100.01 AND shortage_available < 100.01
        """
      #expect(try await fixture.count(refused) == 990)
      #expect(try await trader.wallet("USD") == [0, Decimal("1000.1")])
      let balance = try await fixture.funds.trialBalance()
      #expect(balance.balanced && balance.reservationDifferences == 0)
    }
  }

  @Test("100 parallel orders of one name are one order, and one reservation")
  func oneName() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "1000.1"])
      let ids = try await withThrowingTaskGroup { group in
        for _ in 0..<100 {
          group.addTask { try await trader.place(.buy, "1", at: "100", id: "once").orderID }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      #expect(try await trader.wallet("USD") == [Decimal("900.09"), Decimal("100.01")])
      let error = await failure { try await trader.place(.buy, "2", at: "100", id: "once") }
      #expect(error?.code == .alreadyExists)
    }
  }

  @Test("an order whose funds cannot be asked for stays pending, and is decided when they can")
  func fundsAway() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "1500"])
      let first = try await trader.place(.buy, "1", at: "100")
      fixture.funds.setAway(true)
      let pending = try await trader.place(.buy, "10", at: "100", id: "p")
      #expect(pending.status == .pendingNew)
      let other = try await trader.place(.buy, "10", at: "100", id: "q")
      let withdrawn = try await trader.place(.buy, "1", at: "100", id: "r")
      #expect(try await trader.cancel(withdrawn.orderID).status == .canceled)
      let amended = try await trader.amend(first.orderID, "2")
      #expect(amended.status == .pendingReplace)
      fixture.funds.setAway(false)
      for id in [pending.orderID, other.orderID, first.orderID] {
        try await eventually {
          let status = try await trader.order(id).status
          return status != .pendingNew && status != .pendingReplace
        }
      }
      #expect(try await trader.order(first.orderID).quantity == 2)
      let states = [
        try await trader.order(pending.orderID).status,
        try await trader.order(other.orderID).status,
      ]
      #expect(states.contains(.open) && states.contains(.rejected))
      #expect(try await trader.order(withdrawn.orderID).status == .canceled)
    }
  }

  @Test("an answer that is lost holds nothing twice, and nothing for an order that was withdrawn")
  func lostAnswers() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      fixture.funds.loseAnswers(of: "Reserve", 2)
      let order = try await trader.place(.buy, "10", at: "100")
      _ = try await trader.wait(for: order.orderID, .open)
      #expect(try await trader.wallet("USD") == [Decimal("999.9"), Decimal("1000.1")])
      fixture.funds.loseAnswers(of: "AdjustReservation", 2)
      _ = try await trader.amend(order.orderID, "15")
      let amended = try await trader.wait(for: order.orderID, .open)
      #expect(amended.quantity == 15)
      #expect(try await trader.wallet("USD") == [Decimal("499.85"), Decimal("1500.15")])
      _ = try await trader.cancel(order.orderID)
      #expect(try await trader.wallet("USD") == [2000, 0])
    }
  }

  @Test func anAmendmentHoldsMoreOrLessOrIsRefused() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      let order = try await trader.place(.buy, "10", at: "100")
      _ = try await trader.amend(order.orderID, "15")
      #expect(try await trader.wallet("USD") == [Decimal("499.85"), Decimal("1500.15")])
      let error = await failure { try await trader.amend(order.orderID, "25") }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.errorInfo?.reason == "INSUFFICIENT_FUNDS")
      #expect(
        error?.errorInfo?.metadata == [
          "order_id": order.orderID, "asset": "USD", "requested": "1000.1", "available": "499.85",
        ])
      let kept = try await trader.order(order.orderID)
      #expect(kept.quantity == 15 && kept.status == .open)
      #expect(try await trader.wallet("USD") == [Decimal("499.85"), Decimal("1500.15")])
      _ = try await trader.amend(order.orderID, "5", at: "90")
      #expect(try await trader.wallet("USD") == [Decimal("1549.955"), Decimal("450.045")])
      let limit: PostgresQuery = """
        SELECT count(*) FROM trading.accounts WHERE open_notional = 450 AND working_orders = 1
        """
      #expect(try await fixture.count(limit) == 1)
    }
  }

  @Test("after random traffic each reservation is one live order's need, and the ledger balances")
  func randomTraffic() async throws {
    let fixture = try await TradingFixture(settings: [
      "TRADING_VENUE_MARKET_LIFETIME": "0.5", "TRADING_EXPIRY_INTERVAL": "0.05",
      "TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.1",
    ])
    try await fixture.runningWithRelay {
      try await fixture.funds.running {
        let traders = try (0..<3).map { _ in
          try fixture.trader(deposits: ["USD": "3000", "AAPL": "30"])
        }
        try fixture.market.quote(1, bid: "99", "5", ask: "100", "5")
        try await eventually {
          await failure { try await traders[0].place(.buy, "1", id: "first") } == nil
        }
        try await withThrowingTaskGroup { group in
          for (number, trader) in traders.enumerated() {
            group.addTask { try await Self.trade(trader, seed: UInt64(number)) }
          }
          group.addTask {
            var random = SeededGenerator(seed: 99)
            for sequence in 2...150 as ClosedRange<Int64> {
              let middle = Int.random(in: 97...102, using: &random)
              try fixture.market.quote(
                sequence, bid: "\(middle)", "\(Int.random(in: 0...9, using: &random))",
                ask: "\(middle).5", "\(Int.random(in: 0...9, using: &random))")
              try await Task.sleep(for: .milliseconds(5))
            }
          }
          try await group.waitForAll()
        }
        // Nothing trades any more, and what is under way comes to its end.
        try fixture.market.quote(1000, bid: "1", "0", ask: "1000", "0")
        try await eventually { try await fixture.funds.disagreements() == 0 }
        let balance = try await fixture.funds.trialBalance()
        #expect(balance.balanced)
        #expect(balance.walletDifferences == 0 && balance.reservationDifferences == 0)
        // Units and money are what the trades left of the deposits.
        for trader in traders {
          let position = try await trader.positions().first
          let units = try await trader.wallet("AAPL").reduce(.zero, +)
          #expect(units == 30 + (position?.quantity ?? 0))
          var cash: Decimal = 3000
          for trade in try await trader.trades() {
            let (quantity, price, fee) = (trade.quantity ?? 0, trade.price ?? 0, trade.fee ?? 0)
            let money = try price.multiplied(by: quantity)
            cash = trade.side == .buy ? cash - money - fee : cash + money - fee
          }
          #expect(try await trader.wallet("USD").reduce(.zero, +) == cash)
        }
        // Withdrawn, the rest is free again.
        for trader in traders {
          for order in try await trader.orders() where order.status.works {
            _ = await failure { try await trader.cancel(order.orderID) }
          }
        }
        try await eventually { try await fixture.funds.disagreements() == 0 }
        for trader in traders {
          #expect(try await trader.wallet("USD")[1] == 0)
          #expect(try await trader.wallet("AAPL")[1] == 0)
        }
        #expect(try await fixture.funds.trialBalance().balanced)
      }
    }
  }

  /// Places, amends and withdraws orders, some beyond what the trader has.
  private static func trade(_ trader: Trader, seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var placed: [String] = []
    for step in 0..<40 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1, 2:
        let order = try await trader.place(
          Bool.random(using: &random) ? .buy : .sell, "\(Int.random(in: 1...12, using: &random))",
          at: step % 4 == 0 ? nil : "\(Int.random(in: 96...103, using: &random))")
        placed.append(order.orderID)
      case 3, 4:
        guard let id = placed.randomElement(using: &random) else { break }
        let quantity = Int.random(in: 1...20, using: &random)
        let error = await failure { try await trader.amend(id, "\(quantity)") }
        #expect(
          error == nil || error?.code == .aborted
            || error?.errorInfo?.reason == "INSUFFICIENT_FUNDS", "\(String(describing: error))")
      default:
        guard let id = placed.randomElement(using: &random) else { break }
        let error = await failure { try await trader.cancel(id) }
        #expect(error == nil || error?.code == .aborted, "\(String(describing: error))")
      }
    }
  }
}

extension TradingV1.OrderStatus {
  /// Whether an order that stands so is not over.
  var works: Bool {
    switch self {
    case .pendingNew, .open, .partiallyFilled, .pendingReplace, .pendingCancel: true
    default: false
    }
  }
}

extension Trader {
  /// Places a purchase, again and again while the database has no time for it: its name makes it one.
  fileprivate func placeOnce(
    _ quantity: String, at price: String, id: String
  ) async throws -> TradingV1.Order {
    while true {
      do {
        return try await place(.buy, quantity, at: price, id: id)
      } catch let error as RPCError
        where [.unavailable, .unknown, .resourceExhausted, .deadlineExceeded, .aborted]
        .contains(error.code)
      {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  /// Available and reserved of an asset.
  func wallet(_ asset: String) async throws -> [Decimal] {
    try await purse.funds.wallet(asset, of: user)
  }
}

extension FundsFixture {
  /// How many orders hold something else than they may still cost, over both services' tables, and
  /// how many reservations no live order has.
  func disagreements() async throws -> Int {
    try await service.database.pool.query(
      """
      SELECT count(*) FROM trading.orders o FULL JOIN asset.reservations r ON r.order_id = o.id
      WHERE coalesce(r.total, 0) <> coalesce(o.reservation_total, 0)
        OR coalesce(r.captured, 0) <> CASE
          WHEN o.side = 'BUY' THEN o.filled_notional + o.fees_charged ELSE o.filled_quantity END
        OR o.state IN ('PENDING_NEW', 'PENDING_REPLACE')
      """
    ).one().decode(Int.self, at: 0)
  }
}
