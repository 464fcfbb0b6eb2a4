import Core
import Foundation
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// Two processes of every service: whichever of them dies amid orders at an exchange, each order is there once.
@Suite struct RoutedOrderReplicaTests {
  private static let traders = 4
  private static let ordersEach = 12

  @Test(
    "kill -9 of a replica of trading, of the broker and of the exchange amid orders",
    .timeLimit(.minutes(10)))
  func killingReplicas() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { options in
      options.replicas = 2
      options.restartsProcesses = true
    } _: { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      var traders: [RoamingTrader] = []
      for number in 1...Self.traders {
        traders.append(try await RoamingTrader.signUp("trader-\(number)", on: platform))
      }
      let limit = try await traders[0].settled.restingRoutedLimit()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for trader in traders {
          group.addTask { try await Self.trade(as: trader, restingAt: limit) }
        }
        group.addTask { try await Self.endReplicas(on: platform, ledger) }
        try await group.waitForAll()
      }
      for trader in traders {
        // Every second one filled, and the others withdrawn: at both gateways, by whichever replica.
        try await eventually {
          let orders = try await Trader.patiently { try await trader.settled.client.orders() }
          return orders.count { $0.status == .filled } == Self.ordersEach / 2
            && orders.count { $0.status == .canceled } == Self.ordersEach / 2
            && orders.count == Self.ordersEach
        }
      }
      try await RoutedOrderJourneyTests.settled(platform, ledger)
      #expect(
        try await ledger.exchangeOrderCount() == Self.traders * Self.ordersEach)
    }
  }

  /// Orders that trade and orders that are withdrawn, in turn.
  private static func trade(as trader: RoamingTrader, restingAt limit: Core.Decimal) async throws {
    for number in 1...ordersEach {
      let name = "order-\(number)"
      guard number.isMultiple(of: 2) else {
        _ = try await trader.place(
          .market(.buy, 1, of: Trader.routedSymbol, clientOrderID: name), beginningWith: number)
        continue
      }
      let order = try await trader.place(
        .limit(.buy, 1, of: Trader.routedSymbol, at: limit, clientOrderID: name),
        beginningWith: number)
      // One that never came to the exchange would not be there to be counted.
      try await trader.settled.wait(for: order.orderID, toBe: .open)
      _ = try await Trader.patiently {
        try await trader.settled.client.cancel(orderID: order.orderID)
      }
    }
  }

  /// Ends one process after the other, at a quarter, a half and three quarters of the orders; the supervisor starts each again.
  private static func endReplicas(on platform: Platform, _ ledger: LedgerAudit) async throws {
    for (number, member) in [PlatformMember.exchange, .brokerService, .trading].enumerated() {
      let share = traders * ordersEach * (number + 1) / 4
      try await eventually { try await ledger.exchangeOrderCount() >= share }
      let victim = try #require(await platform.processID(of: member))
      kill(victim, SIGKILL)
      try await eventually {
        let process = await platform.processID(of: member)
        return process != nil && process != victim
      }
    }
  }
}
