import AssetContract
import BrokerContract
import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

/// Cancellations of orders that may be at an exchange.
@Suite(.timeLimit(.minutes(5))) struct CancelRoutedOrderTests {
  static let settings = RouteOrderTests.patient

  @Test(
    "a cancellation is asked for, the order may still fill in part, and its end gives exactly the rest back"
  )
  func fillsAndEnds() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.runningWithRelay {
      try await fixture.funds.running {
        let trader = try fixture.trader(deposits: ["USD": "2000"])
        let order = try await trader.place(.buy, "10", at: "100")
        let ending = try await trader.cancel(order.orderID)
        #expect(ending.status == .pendingCancel && ending.version == order.version + 1)
        #expect(fixture.broker.canceled == fixture.broker.routed)
        // Nobody is told, and all of it stays held.
        #expect(try await fixture.orderEvents() == 1)
        #expect(try await trader.wallet("USD") == [Decimal("999.9"), Decimal("1000.1")])
        // Again asks again.
        #expect(try await trader.cancel(order.orderID) == ending)
        #expect(fixture.broker.canceled.count == 2)
        try await fixture.tell(.trade, of: order.orderID, last: "4", at: "99")
        let partly = try await trader.wait(for: order.orderID, filled: "4")
        #expect(partly.status == .pendingCancel)
        try await fixture.tell(.canceled, of: order.orderID)
        let canceled = try await trader.wait(for: order.orderID, .canceled)
        #expect(canceled.filledQuantity == 4)
        #expect(try await trader.cancel(order.orderID) == canceled)
        // 396 and one basis point of it.
        try await eventually { try await trader.wallet("USD") == [Decimal("1603.9604"), 0] }
        #expect(try await fixture.funds.disagreements() == 0)
        let idle: PostgresQuery = """
          SELECT count(*) FROM trading.accounts WHERE open_notional <> 0 OR working_orders <> 0
          """
        #expect(try await fixture.count(idle) == 0)
      }
    }
  }

  @Test("an order whose end is asked for is in the snapshots and lists, and can be filtered for")
  func listed() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      let ending = try await trader.cancel(order.orderID)
      var request = TradingV1.ListOrdersRequest()
      request.status = .pendingCancel
      #expect(
        try await trader.client.listOrders(request, options: trader.options).orders == [ending])
      let working: PostgresQuery = "SELECT count(*) FROM trading.working_orders"
      #expect(try await fixture.count(working) == 1)
      let error = await failure { try await trader.amend(order.orderID, "5") }
      #expect(error?.errorInfo?.reason == "ORDER_AT_BROKER")
    }
  }

  @Test("an order that fills while its end is asked for is filled")
  func filled() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      _ = try await trader.cancel(order.orderID)
      try await fixture.tell(.trade, of: order.orderID, last: "10", at: "100")
      _ = try await trader.wait(for: order.orderID, .filled)
      let error = await failure { try await trader.cancel(order.orderID) }
      #expect(error?.code == .aborted && error?.errorInfo?.reason == "ORDER_FINAL")
    }
  }

  @Test(
    "an order of which nobody knows whether the exchange has it is canceled by the broker's word only"
  )
  func pending() async throws {
    let fixture = try await TradingFixture(settings: Self.settings)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      fixture.broker.answer(.pendingNew)
      let order = try await trader.place(.buy, "10", at: "100", id: "p")
      #expect(try await trader.cancel(order.orderID).status == .pendingCancel)
      // An answer that comes now opens nothing.
      fixture.broker.set(order.orderID, .open)
      #expect(try await trader.place(.buy, "10", at: "100", id: "p").status == .pendingCancel)
      try await fixture.tell(.accepted, of: order.orderID)
      try await fixture.tell(.canceled, of: order.orderID)
      _ = try await trader.wait(for: order.orderID, .canceled)
      // It never was CREATED: CANCELLED is all that is told.
      #expect(try await fixture.orderEvents() == 1)
      #expect(fixture.broker.routed.count == 1)
    }
  }

  @Test(
    "an order that was not given over is canceled at once, also while asset management and the broker are away"
  )
  func notGivenOver() async throws {
    let fixture = try await TradingFixture(settings: RouteOrderTests.settings)
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      try await trader.purse.fill()
      fixture.funds.setAway(true)
      fixture.broker.setAway(true)
      let order = try await trader.place(.buy, "10", at: "100")
      #expect(order.status == .pendingNew)
      #expect(try await trader.cancel(order.orderID).status == .canceled)
      fixture.funds.setAway(false)
      fixture.broker.setAway(false)
      let other = try await trader.place(.buy, "10", at: "100")
      #expect(other.status == .open)
      // Perhaps twice: whoever resumes may give it over, too, which is the same to the broker.
      #expect(Set(fixture.broker.routed.map(\.clientOrderID)) == [other.orderID])
      #expect(fixture.broker.canceled.isEmpty)
    }
  }

  @Test("a cancellation that the broker did not hear is repeated until the order has ended")
  func repeated() async throws {
    let fixture = try await TradingFixture(settings: RouteOrderTests.settings)
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      fixture.broker.setAway(true)
      #expect(try await trader.cancel(order.orderID).status == .pendingCancel)
      #expect(fixture.broker.canceled.isEmpty)
      fixture.broker.setAway(false)
      try await eventually { fixture.broker.canceled.count >= 2 }
      #expect(Set(fixture.broker.canceled.map(\.clientOrderID)) == [order.orderID])
      try await fixture.tell(.canceled, of: order.orderID)
      _ = try await trader.wait(for: order.orderID, .canceled)
    }
  }

  @Test("the time of an order at the broker is the broker's to end")
  func expiry() async throws {
    let fixture = try await TradingFixture(settings: [
      "TRADING_ROUTING_SYMBOLS": "AAPL", "TRADING_VENUE_MARKET_LIFETIME": "0.05",
      "TRADING_EXPIRY_INTERVAL": "0.05", "TRADING_PENDING_AGE": "600",
    ])
    try await fixture.running {
      let trader = try fixture.trader()
      for symbol in ["AAPL", "MSFT"] {
        try fixture.market.quote(1, bid: "99", "0", ask: "100", "0", symbol: symbol)
      }
      try await eventually {
        await failure { try await trader.place(.buy, "1", id: "r") } == nil
      }
      let routed = try await trader.place(.buy, "1", id: "r")
      try await eventually {
        await failure { try await trader.place(.buy, "1", symbol: "MSFT", id: "p") } == nil
      }
      let paper = try await trader.place(.buy, "1", symbol: "MSFT", id: "p")
      // By the time that a later order has ended here, the earlier one was looked at.
      _ = try await trader.wait(for: paper.orderID, .expired)
      #expect(try await trader.order(routed.orderID) == routed)
      try await fixture.tell(.expired, of: routed.orderID)
      _ = try await trader.wait(for: routed.orderID, .expired)
    }
  }
}
