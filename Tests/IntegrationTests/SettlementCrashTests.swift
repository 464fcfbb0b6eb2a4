import AssetContract
import Core
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// Asset management is ended as by `kill -9` while it applies what trading tells; afterwards each trade is
/// settled once, and what its order held is spent or free.
@Suite struct SettlementCrashTests {
  /// Between the commit of an event's effects and that of its offset, and before the former.
  private static let points = [
    "asset-trade-executions.applied", "asset-order-events.applied", "capture.before_commit",
  ]

  @Test("kill -9 while events are applied", .timeLimit(.minutes(15)))
  func everyPoint() async throws {
    try await PlatformFixture.run { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      for point in Self.points {
        let name = String(point.map { $0.isLetter ? $0 : "-" })
        let trader = try await Trader.signUp(name, on: platform)
        await platform.stop(.asset)
        try await platform.start(.asset, environment: ["ASSET_CRASH_AT": point])
        let order = try await trader.placeOnce(
          .market(.buy, 10, of: Trader.symbol, clientOrderID: name))
        let exit = await platform.waitForExit(of: .asset)
        #expect(exit == "signaled(9)", "\(point)")
        try await platform.start(.asset)
        try await trader.wait(for: order.orderID, toBe: .filled)
        // What is captured is exactly what the trades cost, and what else was held is free.
        try await eventually { try await ledger.fundsDisagreements() == 0 }
        let shares = try await Trader.patiently { try await trader.client.wallets() }
          .first { $0.asset == Trader.symbol }
        #expect(shares?.available == 10 && shares?.reserved == 0, "\(point)")
      }
      let client = try await platform.operator().logIn(try await platform.client())
      let balance = try await client.trialBalance()
      #expect(balance.balanced, "\(balance)")
    }
  }
}
