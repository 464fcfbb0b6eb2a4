import Core
import Postgres
import Testing
import TradingContract
import TradingService

@testable import DevPlatform

/// Trading is ended as by `kill -9` at each named point; afterwards an order exists once or not at
/// all, and everything that is told agrees.
@Suite struct CrashTests {
  @Test("kill -9 at every named point", .timeLimit(.minutes(15)))
  func everyPoint() async throws {
    try await PlatformFixture.run { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      for point in TradingCrashPoint.allCases {
        try await Self.crash(at: point, platform, ledger)
      }
      try await ledger.check()
    }
  }

  private static func crash(
    at point: TradingCrashPoint, _ platform: Platform, _ ledger: LedgerAudit
  ) async throws {
    let name = point.rawValue.replacing(".", with: "-").replacing("_", with: "-")
    let trader = try await Trader.signUp(name, on: platform)
    await platform.stop(.trading)
    try await platform.start(.trading, environment: ["TRADING_CRASH_AT": point.rawValue])

    // The caller of a service that dies is told that the outcome is unknown, or that it is away.
    let isCancel = point == .cancelOrderCommitted
    let order: TradingV1.PlaceOrderRequest =
      isCancel
      ? .limit(
        .buy, 10, of: Trader.symbol, at: try await trader.restingLimit(), clientOrderID: name)
      : .market(.buy, 10, of: Trader.symbol, clientOrderID: name)
    try await provoke(order, isCancel: isCancel, as: trader)
    let exit = await platform.waitForExit(of: .trading)
    #expect(exit == "signaled(9)", "\(point.rawValue)")

    try await platform.start(.trading)
    let found = try await Trader.patiently { try await trader.client.orders() }
    #expect(
      found.count == (point == .placeOrderBeforePending ? 0 : 1),
      "\(point.rawValue): orders after the crash")

    let repeated = try await trader.placeOnce(order)
    if let survivor = found.first { #expect(repeated.orderID == survivor.orderID) }
    if isCancel { _ = try await trader.client.cancel(orderID: repeated.orderID) }
    try await trader.wait(for: repeated.orderID, toBe: isCancel ? .canceled : .filled)

    let evidence = try await trader.evidence(placed: [repeated.orderID])
    var checks = [DemoAudit.orders(evidence)]
    if !isCancel { checks += [DemoAudit.positions(evidence), DemoAudit.prices(evidence)] }
    for check in checks {
      #expect(check.isGood, "\(point.rawValue): \(check.rule): \(check.findings)")
    }
    try await ledger.check(account: trader.userID, fills: evidence.trades.count)
  }

  /// Asks for what makes the service reach the point; how it answers is not what is tested here.
  private static func provoke(
    _ order: TradingV1.PlaceOrderRequest, isCancel: Bool, as trader: Trader
  ) async throws {
    do {
      let placed = try await trader.placeWhenThereIsAMarket(order)
      if isCancel { _ = try await trader.client.cancel(orderID: placed.orderID) }
    } catch let problem as APIProblem {
      #expect(problem.status >= 500, "\(problem)")
    }
  }
}

extension Trader {
  /// Places an order once the service has instruments and quotes; anything else is thrown.
  fileprivate func placeWhenThereIsAMarket(
    _ order: TradingV1.PlaceOrderRequest
  ) async throws -> TradingV1.Order {
    while true {
      do {
        return try await client.place(order)
      } catch let problem as APIProblem where problem.isWithoutMarket {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}

extension APIProblem {
  /// Whether the service is up, and waits for market data.
  fileprivate var isWithoutMarket: Bool {
    reason == "NO_QUOTE" || reason == "MARKET_DATA_UNAVAILABLE"
  }
}
