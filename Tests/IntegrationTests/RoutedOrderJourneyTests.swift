import AssetContract
import Core
import Foundation
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// Orders that are executed at an exchange, as an outside client sees them.
@Suite struct RoutedOrderJourneyTests {
  @Test(
    "an order is executed at the exchange, and one that rests there is withdrawn",
    .timeLimit(.minutes(10)))
  func executedAndWithdrawn() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      let trader = try await Trader.signUp("routed", on: platform)
      let watch = OrderWatch()
      try await withBackground {
        await watch.run([trader.client], beginningWith: 0)
      } body: {
        try await eventually { await watch.snapshots > 0 }
        try await Self.fill(as: trader, ledger)
        try await Self.withdraw(as: trader, ledger)
        // The paper venue has the others, as before.
        let paper = try await trader.placeOnce(
          .market(.buy, 1, of: Trader.symbol, clientOrderID: "paper"))
        #expect(paper.connectionID == "")
        try await trader.wait(for: paper.orderID, toBe: .filled)
        let last = try await ledger.orderSequence(of: trader.userID)
        try await eventually { await watch.sequence == last }
      }
      #expect(await watch.complaints == [])
      try await Self.settled(platform, ledger)
    }
  }

  private static func fill(as trader: Trader, _ ledger: LedgerAudit) async throws {
    let placed = try await trader.placeOnce(
      .market(.buy, 10, of: Trader.routedSymbol, clientOrderID: "fill"))
    #expect(placed.connectionID == "sim")
    try await trader.wait(for: placed.orderID, toBe: .filled)
    let orders = try await ledger.exchangeOrders(of: placed.orderID)
    #expect(orders.taken == 1 && orders.sent == 1)

    let evidence = try await trader.evidence(placed: [placed.orderID])
    for check in [DemoAudit.orders(evidence), DemoAudit.positions(evidence)] {
      #expect(check.isGood, "\(check.rule): \(check.findings)")
    }
    // No quote of the platform's own venue stands behind the price.
    #expect(evidence.trades.allSatisfy { $0.quoteSequence == 0 && ($0.fee ?? 0).isPositive })
    try await eventually {
      let wallets = try await trader.client.wallets()
      let units = wallets.first { $0.asset == Trader.routedSymbol }
      return units?.available == 10
        && wallets.first { $0.asset == "USD" }?.reserved?.isZero != false
    }
  }

  private static func withdraw(as trader: Trader, _ ledger: LedgerAudit) async throws {
    let resting = try await trader.placeOnce(
      .limit(
        .buy, 10, of: Trader.routedSymbol, at: try await trader.restingRoutedLimit(),
        clientOrderID: "rest"))
    try await trader.wait(for: resting.orderID, toBe: .open)
    let refusal = await #expect(throws: APIProblem.self) {
      try await trader.client.amend(orderID: resting.orderID, quantity: 20)
    }
    #expect(refusal?.status == 409 && refusal?.reason == "ORDER_AT_BROKER", "\(refusal as Any)")
    let reserved = try await trader.client.wallets().first { $0.asset == "USD" }?.reserved
    #expect(try #require(reserved).isPositive)

    // The answer does not wait for the exchange; what is held is held until it has confirmed.
    let canceled = try await trader.client.cancel(orderID: resting.orderID)
    #expect(canceled.status == .pendingCancel)
    try await trader.wait(for: resting.orderID, toBe: .canceled)
    // Again answers the same, as for any order.
    #expect(try await trader.client.cancel(orderID: resting.orderID).status == .canceled)
    try await eventually {
      try await trader.client.wallets().first { $0.asset == "USD" }?.reserved?.isZero != false
    }
    let orders = try await ledger.exchangeOrders(of: resting.orderID)
    #expect(orders.taken == 1 && orders.sent == 1)
  }

  @Test(
    "who is frozen leaves an order pending, neither failed nor refused", .timeLimit(.minutes(10)))
  func frozen() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      let trader = try await Trader.signUp("frozen", on: platform)
      // The way is open before anybody freezes.
      let first = try await trader.placeOnce(
        .market(.buy, 1, of: Trader.routedSymbol, clientOrderID: "first"))
      try await trader.wait(for: first.orderID, toBe: .filled)
      for member in [PlatformMember.exchange, .brokerService] {
        for length in [Duration.seconds(2), .seconds(8)] {
          let id = try await Self.freeze(member, for: length, platform, trader)
          #expect(
            try await ledger.exchangeOrders(of: id).taken == 1, "\(member.name), \(length)")
        }
      }
      try await Self.settled(platform, ledger)
    }
  }

  /// Places an order while a member stands still, and waits until it is filled once that goes on.
  ///
  /// - Returns: the order's id.
  private static func freeze(
    _ member: PlatformMember, for length: Duration, _ platform: Platform, _ trader: Trader
  ) async throws -> String {
    let process = try #require(await platform.processID(of: member))
    #expect(kill(process, SIGSTOP) == 0)
    defer { kill(process, SIGCONT) }
    let thaw = ContinuousClock.now + length
    let placed = try await trader.client.place(
      .market(
        .buy, 10, of: Trader.routedSymbol,
        clientOrderID: "\(member.name)-\(length.components.seconds)"))
    #expect(placed.status == .pendingNew)
    try await Task.sleep(until: thaw)
    #expect(try await trader.client.order(id: placed.orderID).status == .pendingNew)
    #expect(kill(process, SIGCONT) == 0)
    try await trader.wait(for: placed.orderID, toBe: .filled)
    return placed.orderID
  }

  /// Everybody agrees, and the ledger balances.
  static func settled(_ platform: Platform, _ ledger: LedgerAudit) async throws {
    var findings: [String] = []
    do {
      try await eventually {
        findings = try await ledger.platformDisagreements()
        return findings.isEmpty
      }
    } catch {
      Issue.record("\(findings)")
      throw error
    }
    let bank = try await platform.operator().logIn(try await platform.client())
    let balance = try await bank.trialBalance()
    #expect(balance.balanced, "\(balance)")
  }
}
