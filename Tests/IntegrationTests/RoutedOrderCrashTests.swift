import BrokerService
import Core
import ExchangeService
import TestSupport
import Testing
import TradingContract
import TradingService

@testable import DevPlatform

/// Trading, broker and exchange are ended as by `kill -9` at each named point of an order that is executed at an
/// exchange; afterwards the exchange has each order once, nothing is stuck, and all agree about what was traded.
@Suite struct RoutedOrderCrashTests {
  @Test("kill -9 at every named point of routing", .timeLimit(.minutes(20)))
  func everyPoint() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      for point in RoutingPoint.all { try await Self.crash(at: point, platform, ledger) }
      try await RoutedOrderJourneyTests.settled(platform, ledger)
    }
  }

  private static func crash(
    at point: RoutingPoint, _ platform: Platform, _ ledger: LedgerAudit
  ) async throws {
    let trader = try await Trader.signUp(point.label, on: platform)
    let scene = point.scene
    let limit = try await trader.restingRoutedLimit()
    let order: TradingV1.PlaceOrderRequest =
      scene == .cancel
      ? .limit(.buy, 10, of: Trader.routedSymbol, at: limit, clientOrderID: point.label)
      : .market(.buy, 10, of: Trader.routedSymbol, clientOrderID: point.label)
    await platform.stop(point.member)
    try await platform.start(point.member, environment: point.environment)

    // How the caller of a service that dies is answered is not what is tested here.
    let provoking = Task { try await provoke(order, scene, as: trader, on: platform) }
    let exit = await platform.waitForExit(of: point.member)
    #expect(exit == "signaled(9)", "\(point.label)")
    try await platform.start(point.member)
    try await provoking.value

    // A repetition asks how the order stands; it is no second one.
    let repeated = try await trader.placeOnce(order)
    if scene == .cancel {
      _ = try await Trader.patiently { try await trader.client.cancel(orderID: repeated.orderID) }
    }
    try await trader.wait(
      for: repeated.orderID, toBe: scene == .cancel ? .canceled : .filled)
    #expect(try await trader.client.orders().count == 1, "\(point.label)")
    let orders = try await ledger.exchangeOrders(of: repeated.orderID)
    #expect(orders.taken == 1, "\(point.label): at the exchange after \(orders.sent) submissions")
    if scene == .resubmit { #expect(orders.sent > 1, "\(point.label)") }
    let evidence = try await trader.evidence(placed: [repeated.orderID])
    let checks =
      [DemoAudit.orders(evidence)]
      + (evidence.trades.isEmpty ? [] : [DemoAudit.positions(evidence)])
    for check in checks {
      #expect(check.isGood, "\(point.label): \(check.rule): \(check.findings)")
    }
  }

  /// Asks for what makes the service reach the point.
  private static func provoke(
    _ order: TradingV1.PlaceOrderRequest, _ scene: RoutingPoint.Scene, as trader: Trader,
    on platform: Platform
  ) async throws {
    // A submission that nobody hears of is lost for certain once its time is over.
    if scene == .resubmit { await platform.kill(.exchange) }
    let placed = try await trader.placeOnce(order)
    switch scene {
    case .fill: break
    case .cancel:
      try await trader.wait(for: placed.orderID, toBe: .open)
      _ = try? await trader.client.cancel(orderID: placed.orderID)
    case .resubmit: try await platform.start(.exchange)
    }
  }
}

/// A named point of a process that an order passes on its way to an exchange and back.
private struct RoutingPoint {
  /// What leads to a point.
  enum Scene {
    case fill, cancel, resubmit
  }

  let member: PlatformMember
  let point: String

  static let all: [RoutingPoint] =
    TradingCrashPoint.allCases.filter { $0.isOfRouting || $0.isOfPlacing }
    .map { RoutingPoint(member: .trading, point: $0.rawValue) }
    + BrokerCrashPoint.allCases.map { RoutingPoint(member: .brokerService, point: $0.rawValue) }
    + ExchangeCrashPoint.allCases.map { RoutingPoint(member: .exchange, point: $0.rawValue) }

  var scene: Scene {
    if point.hasPrefix("cancel_order") { return .cancel }
    return point.hasPrefix("resolve") ? .resubmit : .fill
  }

  /// For a name and an address: `broker-route-order-stored`.
  var label: String { "\(member.name)-\(point)".replacing(/[._]/, with: "-") }

  var environment: [String: String] {
    let settings = ["\(member.name.uppercased())_CRASH_AT": point]
    guard scene == .resubmit else { return settings }
    return settings.merging(["BROKER_SUBMIT_WINDOW": "1", "BROKER_RESOLVE_AGE": "0.2"]) { $1 }
  }
}

extension TradingCrashPoint {
  /// Whether only orders that are executed at an exchange pass it.
  var isOfRouting: Bool {
    switch self {
    case .routeOrderBefore, .routeOrderSent, .brokerEventBeforeCommit, .cancelOrderRequested: true
    default: false
    }
  }

  /// Whether each order passes it that is placed, wherever it is executed.
  fileprivate var isOfPlacing: Bool {
    self == .placeOrderPendingStored || self == .placeOrderReserved
  }
}
