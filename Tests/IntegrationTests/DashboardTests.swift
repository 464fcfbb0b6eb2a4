import AssetContract
import AuthContract
import Core
import GatewayContract
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// A client's first screen while services come and go.
@Suite struct DashboardTests {
  @Test(
    "one answer, also while a service is away: what is missing is said to be",
    .timeLimit(.minutes(10)))
  func partial() async throws {
    try await PlatformFixture.run { platform in
      let trader = try await Trader.signUp("ada", on: platform)
      let order = try await trader.placeOnce(
        .limit(.buy, 1, of: Trader.symbol, at: try await trader.restingLimit(), clientOrderID: "o1")
      )
      let whole = try await trader.client.dashboard()
      #expect(whole.missing.isEmpty)
      #expect(whole.profile?.userID == trader.userID)
      #expect(whole.workingOrders?.orders.map(\.orderID) == [order.orderID])
      #expect(whole.wallets?.wallets.map(\.asset) == ["USD"])
      #expect(try #require(whole.portfolio?.equity) > 0)

      await platform.kill(.asset)
      let partial = try await trader.client.dashboard()
      // The portfolio needs wallets, too.
      #expect(partial.missing.map(\.part) == ["portfolio", "wallets"])
      #expect(partial.wallets == nil && partial.portfolio == nil)
      #expect(partial.workingOrders?.orders.map(\.orderID) == [order.orderID])
      try await platform.start(.asset)
      try await eventually { try await trader.client.dashboard().missing.isEmpty }
    }
  }
}
