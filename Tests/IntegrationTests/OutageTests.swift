import Core
import MarketDataContract
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// What the platform stands on goes away, and comes back.
@Suite struct OutageTests {
  @Test(
    "without a broker orders are accepted and no update arrives; each arrives once when it is back",
    .timeLimit(.minutes(10)), arguments: TestBroker.allCases)
  func brokerLosesEverything(broker: TestBroker) async throws {
    try await PlatformFixture.run {
      try broker.apply(to: &$0)
    } _: { platform in
      let trader = try await Trader.signUp("ada", on: platform)
      let journal = DemoJournal { _ in }
      try await trader.client.withStream { stream in
        let reader = Task {
          for try await message in stream.messages { await journal.record(message) }
          await journal.close()
        }
        defer { reader.cancel() }
        try await stream.subscribeToOrders(id: "orders")
        try await journal.wait { $0.snapshotSequence != nil }
        let before = try await trader.placeOnce(
          .market(.buy, 1, of: Trader.symbol, clientOrderID: "before"))
        try await journal.wait { $0.latest(before.orderID)?.status == .filled }

        await platform.kill(.broker)
        var placed = [before.orderID]
        for number in 1...5 {
          let order = try await trader.placeOnce(
            .market(.buy, 2, of: Trader.symbol, clientOrderID: "during-\(number)"))
          placed.append(order.orderID)
          try await trader.wait(for: order.orderID, toBe: .filled)
        }
        let during = await journal.entries.updates.filter { $0.order.orderID != before.orderID }
        #expect(during.isEmpty, "updates come from the broker, and there is none")

        // The broker comes back with nothing in it, at another address.
        try await platform.start(.broker)
        let orders = placed
        try await journal.wait { entries in
          orders.allSatisfy { entries.latest($0)?.status == .filled }
        }
        var evidence = try await trader.evidence(placed: placed)
        let entries = await journal.entries
        evidence.snapshotSequence = entries.snapshotSequence ?? 0
        evidence.updates = entries.updates
        for check in DemoAudit.checks(evidence) {
          #expect(check.isGood, "\(check.rule): \(check.findings)")
        }
        #expect(entries.complaints.isEmpty)
      }
    }
  }

  @Test("kill -9 of PostgreSQL amid orders loses and repeats none", .timeLimit(.minutes(10)))
  func databaseDies() async throws {
    try await PlatformFixture.run { platform in
      let trader = try await Trader.signUp("ada", on: platform)
      _ = try await trader.placeOnce(.market(.buy, 1, of: Trader.symbol, clientOrderID: "first"))
      let ids = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 1...20 {
          group.addTask {
            try await trader.placeOnce(
              .market(.buy, 1, of: Trader.symbol, clientOrderID: "order-\(number)")
            ).orderID
          }
        }
        await platform.kill(.postgres)
        try await platform.start(.postgres)
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(ids.count == 20)
      for id in ids { try await trader.wait(for: id, toBe: .filled) }
      let orders = try await trader.client.orders()
      #expect(orders.count == 21)
      let evidence = try await trader.evidence(placed: orders.map(\.orderID))
      for check in [
        DemoAudit.orders(evidence), DemoAudit.positions(evidence), DemoAudit.prices(evidence),
      ] {
        #expect(check.isGood, "\(check.rule): \(check.findings)")
      }
      try await LedgerAudit(try await platform.database(schema: "trading")).check()
    }
  }

  @Test("resting orders survive a restart of trading and still fill", .timeLimit(.minutes(10)))
  func restingOrdersSurvive() async throws {
    try await PlatformFixture.run { platform in
      let trader = try await Trader.signUp("ada", on: platform)
      // Just below the market: it rests, until the replay's price comes down to it.
      let bid = try #require(try await trader.quote().bidPrice)
      let order = try await trader.placeOnce(
        .limit(.buy, 5, of: Trader.symbol, at: bid, clientOrderID: "resting"))
      await platform.kill(.trading)
      try await platform.start(.trading)
      try await trader.wait(for: order.orderID, toBe: .filled)
      let evidence = try await trader.evidence(placed: [order.orderID])
      for check in [
        DemoAudit.orders(evidence), DemoAudit.positions(evidence), DemoAudit.prices(evidence),
      ] {
        #expect(check.isGood, "\(check.rule): \(check.findings)")
      }
    }
  }
}
