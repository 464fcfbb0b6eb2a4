import Core
import RPC
import TestSupport
import Testing
import TradingContract

/// Amendments for which there is too little: who is told what, and what becomes of what was held for them.
@Suite struct RefusedAmendmentTests {
  @Test("an amendment that the resumer refuses is told, with what was lacking")
  func told() async throws {
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let fixture = try await TradingFixture(settings: settings)
    try await fixture.runningWithRelay {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      let order = try await trader.place(.buy, "10", at: "100")
      var updates = try await trader.watch().makeAsyncIterator()
      #expect(try await updates.next()?.snapshot?.orders == [order])
      fixture.funds.setAway(true)
      let held = try await trader.amend(order.orderID, "30")
      #expect(held.status == .pendingReplace)
      fixture.funds.setAway(false)
      let told = try #require(try await updates.next()?.order)
      #expect(told.status == .open && told.quantity == 10 && told.version == held.version + 1)
      #expect(try told.fundsShortage?.requested == Decimal("2000.2"))
      #expect(told.fundsShortage?.asset == "USD" && told.rejectReason.isEmpty)
      #expect(try await trader.order(order.orderID) == told)
      // Another amendment begins anew.
      let amended = try await trader.amend(order.orderID, "5")
      #expect(amended.quantity == 5 && amended.fundsShortage == nil)
    }
  }

  @Test(
    "who is told that funds are lacking, after somebody else has applied the amendment, is told so")
  func appliedMeanwhile() async throws {
    let market = ScriptedMarket()
    let first = try await TradingFixture(market, settings: ["TRADING_PENDING_AGE": "600"])
    let settings = ["TRADING_PENDING_AGE": "0", "TRADING_PENDING_INTERVAL": "0.05"]
    let second = try await TradingFixture(market, settings: settings, beside: first)
    let user = TradingFixture.newUser()
    try await first.running {
      let trader = try first.trader(user, deposits: ["USD": "2000"])
      let order = try await trader.place(.buy, "10", at: "100")
      first.funds.holdAnswer(of: "AdjustReservation")
      try await withThrowingTaskGroup { group in
        group.addTask {
          let amended = try await trader.amend(order.orderID, "30")
          #expect(amended.status == .open && amended.quantity == 30)
        }
        try await eventually { first.funds.holdsAnswer }
        try await first.funds.deposit("5000", "USD", to: user)
        try await second.running {
          try await eventually { try await trader.order(order.orderID).quantity == 30 }
        }
        first.funds.deliverAnswers()
        try await group.waitForAll()
      }
    }
  }
}
