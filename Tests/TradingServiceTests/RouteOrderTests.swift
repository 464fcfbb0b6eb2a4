import BrokerContract
import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

/// Orders that the broker is asked to have executed, and answers that do not come.
@Suite(.timeLimit(.minutes(5))) struct RouteOrderTests {
  static let settings = [
    "TRADING_ROUTING_SYMBOLS": "AAPL", "TRADING_PENDING_AGE": "0",
    "TRADING_PENDING_INTERVAL": "0.05",
  ]
  /// Nothing is resumed.
  static let patient = ["TRADING_ROUTING_SYMBOLS": "AAPL", "TRADING_PENDING_AGE": "600"]

  @Test("an order is sent on its terms, opened by the answer, and never seen by the paper venue")
  func opened() async throws {
    let fixture = try await TradingFixture(settings: Self.patient)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .open && order.connectionID == "sim")
      #expect(try await trader.wallet("USD") == [Decimal("999.9"), Decimal("1000.1")])
      let sent = try #require(fixture.broker.routed.first)
      #expect(fixture.broker.routed.count == 1 && fixture.broker.found.isEmpty)
      #expect(sent.clientOrderID == order.orderID && sent.accountID == trader.user)
      #expect(sent.connectionID == "sim" && sent.symbol == "AAPL" && sent.side == .buy)
      #expect(sent.quantity == 10 && sent.worstPrice == 100 && sent.expiresAt == nil)
      // Quotes that would fill it at the paper venue; by the time that another symbol has traded there they were looked at.
      try fixture.market.quote(1, bid: "98", "50", ask: "99", "50")
      let other = try await trader.place(.buy, "1", at: "50", symbol: "MSFT")
      #expect(other.connectionID == "")
      try fixture.market.quote(1, bid: "49", "9", ask: "50", "9", symbol: "MSFT")
      _ = try await trader.wait(for: other.orderID, .filled)
      #expect(try await trader.order(order.orderID) == order)
      #expect(fixture.broker.routed.count == 1)
      #expect(try await fixture.count("SELECT count(*) FROM trading.venue_inbox") == 0)
    }
  }

  @Test func aMarketOrderIsSentWithItsProtectionPriceAndItsTime() async throws {
    let fixture = try await TradingFixture(settings: Self.patient)
    try await fixture.running {
      let trader = try fixture.trader()
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "0")
      try await eventually {
        await failure { try await trader.place(.sell, "3", id: "m") } == nil
      }
      let order = try await trader.place(.sell, "3", id: "m")
      #expect(order.status == .open)
      let sent = try #require(fixture.broker.routed.last)
      #expect(sent.side == .sell && sent.worstPrice == order.protectionPrice)
      #expect(sent.expiresAt == order.expiresAt && sent.expiresAt != nil)
    }
  }

  @Test("an answer that is lost is asked for, and the order is not routed again")
  func lostAnswer() async throws {
    let first = try await TradingFixture(settings: Self.patient)
    // A replica that resumes.
    let second = try await TradingFixture(first.market, settings: Self.settings, beside: first)
    try await first.running {
      let trader = try first.trader()
      first.broker.loseAnswers(1)
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .pendingNew)
      try await second.running {
        let opened = try await trader.wait(for: order.orderID, .open)
        #expect(opened.version == 3)
      }
      #expect(first.broker.routed.count == 1)
      #expect(first.broker.found.contains(order.orderID))
      #expect(try await first.orderEvents() == 1)
    }
  }

  @Test("while nobody knows, an order is pending: placing it again asks, and routes nothing")
  func repeatedWhilePending() async throws {
    let fixture = try await TradingFixture(settings: Self.patient)
    try await fixture.running {
      let trader = try fixture.trader()
      fixture.broker.answer(.pendingNew)
      let order = try await trader.place(.buy, "10", at: "100", id: "p")
      #expect(order.status == .pendingNew && order.version == 2)
      let again = try await trader.place(.buy, "10", at: "100", id: "p")
      #expect(again == order)
      #expect(fixture.broker.routed.count == 1 && fixture.broker.found == [order.orderID])
      fixture.broker.set(order.orderID, .partiallyFilled)
      let opened = try await trader.place(.buy, "10", at: "100", id: "p")
      // What is traded an event tells.
      #expect(opened.status == .open && opened.filledQuantity == 0)
      #expect(fixture.broker.routed.count == 1)
    }
  }

  @Test("a request that never arrived is routed once more, after it was asked for")
  func lostRequest() async throws {
    let first = try await TradingFixture(settings: Self.patient)
    let second = try await TradingFixture(first.market, settings: Self.settings, beside: first)
    try await first.running {
      let trader = try first.trader()
      first.broker.loseRequests(1)
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .pendingNew && first.broker.found.isEmpty)
      _ = try await second.running { try await trader.wait(for: order.orderID, .open) }
      #expect(first.broker.routed.count == 2)
      #expect(first.broker.routed[0] == first.broker.routed[1])
      #expect(first.broker.found.first == order.orderID)
    }
  }

  @Test("while the broker is away routed orders stay pending, and the paper venue's do not wait")
  func brokerAway() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "5000"])
      fixture.broker.setAway(true)
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .pendingNew)
      #expect(try await trader.place(.buy, "1", at: "50", symbol: "MSFT").status == .open)
      #expect(try await trader.wallet("USD") == [Decimal("3949.895"), Decimal("1050.105")])
      #expect(try await trader.order(order.orderID).status == .pendingNew)
      fixture.broker.setAway(false)
      _ = try await trader.wait(for: order.orderID, .open)
    }
  }

  @Test func anOrderThatTheExchangeRefusesIsRejectedAndGivesItsFundsBack() async throws {
    let fixture = try await TradingFixture(settings: Self.patient)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      fixture.broker.answer(.rejected)
      let order = try await trader.place(.buy, "10", at: "100", id: "r")
      #expect(order.status == .rejected && order.rejectReason == "BROKER_REJECTED")
      #expect(order.rejectDetail == "UNKNOWN_SYMBOL")
      #expect(order.fundsShortage == nil)
      #expect(try await trader.wallet("USD") == [2000, 0])
      #expect(try await trader.place(.buy, "10", at: "100", id: "r") == order)
      #expect(fixture.broker.routed.count == 1)
    }
  }

  @Test("an order without funds is rejected, and the broker never hears of it")
  func shortOfFunds() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "10"])
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .rejected && order.rejectReason == "INSUFFICIENT_FUNDS")
      #expect(fixture.broker.routed.isEmpty && fixture.broker.found.isEmpty)
    }
  }

  @Test("what is at the broker is not refused for want of funds by somebody who was told so before")
  func fundsThatCameMeanwhile() async throws {
    let fixture = try await TradingFixture(settings: Self.patient)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "10"])
      try await trader.purse.fill()
      fixture.broker.answer(.pendingNew)
      fixture.funds.holdAnswer(of: "Reserve")
      let request = try TradingV1.PlaceOrderRequest.order(.buy, "10", at: "100", id: "p")
      async let first = trader.place(request)
      try await eventually { fixture.funds.holdsAnswer }
      try await fixture.funds.deposit("2000", "USD", to: trader.user)
      let second = try await trader.place(request)
      #expect(second.status == .pendingNew && fixture.broker.routed.count == 1)
      fixture.funds.deliverAnswers()
      // The funds were short when it asked; the order may be at the exchange since.
      #expect(try await first == second)
      #expect(try await trader.order(second.orderID) == second)
      #expect(fixture.broker.routed.count == 1)
      #expect(try await trader.wallet("USD") == [Decimal("1009.9"), Decimal("1000.1")])
    }
  }

  @Test("100 parallel placements of one name at two replicas are one order at the broker")
  func oneName() async throws {
    let first = try await TradingFixture(settings: Self.settings)
    let second = try await TradingFixture(first.market, settings: Self.settings, beside: first)
    try await first.running {
      try await second.running {
        let user = TradingFixture.newUser()
        let traders = [try first.trader(user), try second.trader(user)]
        try await traders[0].purse.fill()
        first.broker.loseAnswers(3)
        let ids = try await withThrowingTaskGroup { group in
          for number in 0..<100 {
            group.addTask {
              try await traders[number % 2].client.placeOrder(
                .order(.buy, "1", at: "100", id: "once"), options: traders[0].options
              ).orderID
            }
          }
          return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        let id = try #require(ids.first)
        #expect(ids.count == 1)
        _ = try await traders[0].wait(for: id, .open)
        #expect(Set(first.broker.routed) == [try #require(first.broker.routed.first)])
        #expect(try await first.orderEvents() == 1)
      }
    }
  }

  @Test func validatingSaysTheSameOfARoutedSymbolAndAsksNoBroker() async throws {
    let routed = try await TradingFixture(settings: Self.patient)
    let paper = try await TradingFixture(routed.market, beside: routed)
    try await routed.running {
      try await paper.running {
        let user = TradingFixture.newUser()
        let traders = [
          try routed.trader(user, deposits: ["USD": "500"]), try paper.trader(user, deposits: [:]),
        ]
        try await traders[0].purse.fill()
        for quantity in ["1", "10"] {
          var request = TradingV1.ValidateOrderRequest()
          request.symbol = "AAPL"
          request.side = .buy
          request.type = .limit
          request.quantity = try Decimal(quantity)
          request.limitPrice = 100
          let said = try await traders[0].client.validateOrder(request, options: traders[0].options)
          let other = try await traders[1].client.validateOrder(
            request, options: traders[0].options)
          #expect(said == other)
          #expect(said.status == (quantity == "1" ? .open : .rejected))
        }
        #expect(routed.broker.routed.isEmpty && routed.broker.found.isEmpty)
      }
    }
  }

  @Test func aRoutedOrderIsNotAmended() async throws {
    let fixture = try await TradingFixture(settings: Self.patient)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      let error = await failure { try await trader.amend(order.orderID, "5") }
      #expect(error?.code == .aborted && error?.errorInfo?.reason == "ORDER_AT_BROKER")
      #expect(error?.errorInfo?.metadata["connection_id"] == "sim")
      // Terms that it has already are no change.
      #expect(try await trader.amend(order.orderID, "10", at: "100") == order)
    }
  }
}
