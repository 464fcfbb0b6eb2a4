import AssetContract
import Core
import Postgres
import TestSupport
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
      for point in TradingCrashPoint.allCases where !point.isOfRouting {
        try await Self.crash(at: point, platform, ledger)
      }
      try await ledger.check()
      // What orders hold is what they may still cost, and nothing for an order that is over.
      try await eventually { try await ledger.fundsDisagreements() == 0 }
      let bank = try await platform.operator().logIn(try await platform.client())
      let balance = try await bank.trialBalance()
      #expect(balance.balanced, "\(balance)")
    }
  }

  private static func crash(
    at point: TradingCrashPoint, _ platform: Platform, _ ledger: LedgerAudit
  ) async throws {
    let name = point.rawValue.replacing(".", with: "-").replacing("_", with: "-")
    let trader = try await Trader.signUp(name, on: platform)
    await platform.stop(.trading)
    let environment = Scene(point).settings.merging(["TRADING_CRASH_AT": point.rawValue]) { $1 }
    try await platform.start(.trading, environment: environment)

    // The caller of a service that dies is told that the outcome is unknown, or that it is away.
    let scene = Scene(point)
    let order: TradingV1.PlaceOrderRequest =
      scene.rests
      ? .limit(
        .buy, 10, of: Trader.symbol, at: try await trader.restingLimit(), clientOrderID: name)
      : .market(.buy, scene.quantity, of: Trader.symbol, clientOrderID: name)
    try await provoke(order, scene, as: trader)
    let exit = await platform.waitForExit(of: .trading)
    #expect(exit == "signaled(9)", "\(point.rawValue)")

    try await platform.start(.trading)
    let found = try await Trader.patiently { try await trader.client.orders() }
    #expect(
      found.count == (point == .placeOrderBeforePending ? 0 : 1),
      "\(point.rawValue): orders after the crash")

    let repeated = try await trader.placeOnce(order)
    if let survivor = found.first { #expect(repeated.orderID == survivor.orderID) }
    if scene == .amend {
      // The amendment is there once, whoever finishes it; its repetition changes nothing.
      let amended = try await trader.amendOnce(repeated.orderID, to: 20)
      #expect(amended.quantity == 20)
      _ = try await Trader.patiently { try await trader.client.cancel(orderID: repeated.orderID) }
    }
    if scene == .cancel { _ = try await trader.client.cancel(orderID: repeated.orderID) }
    try await trader.wait(for: repeated.orderID, toBe: scene.end)

    let evidence = try await trader.evidence(placed: [repeated.orderID])
    var checks = [DemoAudit.orders(evidence)]
    if !evidence.trades.isEmpty {
      checks += [DemoAudit.positions(evidence), DemoAudit.prices(evidence)]
    }
    for check in checks {
      #expect(check.isGood, "\(point.rawValue): \(check.rule): \(check.findings)")
    }
    try await ledger.check(account: trader.userID, fills: evidence.trades.count)
  }

  /// What leads to a point.
  private enum Scene {
    case fill, cancel, amend, expire

    init(_ point: TradingCrashPoint) {
      switch point {
      case .cancelOrderCommitted: self = .cancel
      case .amendOrderHeld, .amendOrderReserved, .amendOrderBeforeCommit, .amendOrderCommitted:
        self = .amend
      case .expireOrderCommitted: self = .expire
      default: self = .fill
      }
    }

    /// Whether the order waits in the book.
    var rests: Bool { self == .cancel || self == .amend }

    /// What the market shows at once does not fill an order that is to expire.
    var quantity: Decimal { self == .expire ? 4000 : 10 }

    var end: TradingV1.OrderStatus {
      switch self {
      case .fill: .filled
      case .cancel, .amend: .canceled
      case .expire: .expired
      }
    }

    /// The settings with which the service is to meet its end.
    var settings: [String: String] {
      self == .expire
        ? [
          "TRADING_VENUE_MARKET_LIFETIME": "0.05", "TRADING_EXPIRY_INTERVAL": "0.05",
          "TRADING_RISK_MAX_ORDER_NOTIONAL": "5000000",
        ] : [:]
    }
  }

  /// Asks for what makes the service reach the point; how it answers is not what is tested here.
  private static func provoke(
    _ order: TradingV1.PlaceOrderRequest, _ scene: Scene, as trader: Trader
  ) async throws {
    do {
      let placed = try await trader.placeWhenThereIsAMarket(order)
      switch scene {
      case .fill, .expire: break
      case .cancel: _ = try await trader.client.cancel(orderID: placed.orderID)
      case .amend: _ = try await trader.client.amend(orderID: placed.orderID, quantity: 20)
      }
    } catch let problem as APIProblem {
      #expect(problem.status >= 500, "\(problem)")
    }
  }
}

extension Trader {
  /// Amends an order, again and again until it is so: the same terms again change nothing.
  fileprivate func amendOnce(
    _ orderID: String, to quantity: Decimal
  ) async throws -> TradingV1.Order {
    try await eventually {
      let order = try await Self.patiently {
        try await client.amend(orderID: orderID, quantity: quantity)
      }
      return order.status == .open
    }
    return try await client.order(id: orderID)
  }

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
