import AssetContract
import Core
import EdgeClient
import Foundation
import Kafka
import NIOHTTP1
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// Two processes of every service and two gateways: whichever of them dies, nothing is lost and nothing
/// happens twice.
@Suite struct ReplicaTests {
  private static let traders = 4
  private static let ordersEach = 12

  @Test(
    "kill -9 of a trading process, of asset management and of a gateway amid orders",
    .timeLimit(.minutes(10)))
  func killingReplicas() async throws {
    try await PlatformFixture.run { options in
      options.replicas = 2
      options.restartsProcesses = true
    } _: { platform in
      #expect(Set(await platform.ports).count == 2)
      var traders: [RoamingTrader] = []
      for number in 1...Self.traders {
        traders.append(try await RoamingTrader.signUp("trader-\(number)", on: platform))
      }
      _ = try await traders[0].settled.quote()
      let watches = traders.map { _ in OrderWatch() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, (trader, watch)) in zip(traders, watches).enumerated() {
          group.addTask { await watch.run(trader.clients, beginningWith: number) }
        }
        defer { group.cancelAll() }
        for watch in watches { try await eventually { await watch.snapshots > 0 } }
        try await Self.trade(traders, while: platform)
        for (trader, watch) in zip(traders, watches) {
          try await Self.check(trader, watch, on: platform)
        }
      }
      // Both gateways lost a stream behind them or the stream's process, and every one went on.
      for watch in [watches[1], watches[3]] { #expect(await watch.losses > 0) }
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      try await ledger.check()
      try await Self.checkFunds(of: traders, ledger, on: platform)
      try await Self.checkTopics(on: platform)
    }
  }

  /// Every trader places orders at both gateways in turn; amid them one process of trading, one of asset
  /// management and the second gateway die, and come back.
  private static func trade(_ traders: [RoamingTrader], while platform: Platform) async throws {
    let placed = PlacedOrders()
    let victims = [
      try #require(await platform.processID(of: .trading)),
      try #require(await platform.processID(of: .gateway, replica: 2)),
      try #require(await platform.processID(of: .asset)),
    ]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for trader in traders {
        group.addTask {
          for number in 1...ordersEach {
            let order = try await trader.place(
              .market(.buy, 1, of: Trader.symbol, clientOrderID: "order-\(number)"),
              beginningWith: number)
            await placed.add(order.orderID)
          }
        }
      }
      group.addTask {
        try await eventually { await placed.ids.count >= traders.count * ordersEach / 3 }
        for victim in victims { kill(victim, SIGKILL) }
      }
      try await group.waitForAll()
    }
    #expect(await placed.ids.count == traders.count * ordersEach)
    // Each is there again, as another process, and the gateway where it was.
    try await eventually {
      guard let trading = await platform.processID(of: .trading) else { return false }
      return trading != victims[0]
    }
    try await eventually {
      guard let gateway = await platform.processID(of: .gateway, replica: 2) else { return false }
      return gateway != victims[1]
    }
    try await eventually {
      guard let asset = await platform.processID(of: .asset) else { return false }
      return asset != victims[2]
    }
    for (number, trader) in traders.enumerated() {
      // What is to be sold has come into the wallet: trades are settled by their events.
      try await eventually {
        let wallets = try await Trader.patiently { try await trader.settled.client.wallets() }
        return wallets.contains { $0.asset == Trader.symbol && ($0.available ?? 0) >= 1 }
      }
      let last = try await trader.place(
        .market(.sell, 1, of: Trader.symbol, clientOrderID: "last"), beginningWith: number)
      await placed.add(last.orderID)
    }
    #expect(await placed.ids.count == traders.count * (ordersEach + 1))
  }

  /// All orders are filled, each once, and the streams told of everything without a gap.
  private static func check(
    _ trader: RoamingTrader, _ watch: OrderWatch, on platform: Platform
  ) async throws {
    let count = ordersEach + 1
    try await eventually {
      let orders = try await Trader.patiently { try await trader.settled.client.orders() }
      return orders.count == count && orders.allSatisfy { $0.status == .filled }
    }
    let orders = try await trader.settled.client.orders()
    let evidence = try await trader.settled.evidence(placed: orders.map(\.orderID))
    for check in [
      DemoAudit.orders(evidence), DemoAudit.positions(evidence), DemoAudit.prices(evidence),
    ] {
      #expect(check.isGood, "\(check.rule): \(check.findings)")
    }
    let last = try await PostgresPool(platform.database(schema: "trading")).query(
      "SELECT order_event_sequence FROM accounts WHERE id = \(trader.userID)::uuid"
    ).one().decode(Int64.self, "order_event_sequence")
    try await eventually { await watch.sequence == last }
    #expect(await watch.complaints == [])
  }

  /// Each trade is settled once, orders hold what they may still cost and nothing else, and wallets have what
  /// was bought less what was sold.
  private static func checkFunds(
    of traders: [RoamingTrader], _ ledger: LedgerAudit, on platform: Platform
  ) async throws {
    let database = PostgresPool(try await platform.database(schema: "asset"))
    try await eventually {
      let row = try await database.query(
        """
        SELECT (SELECT count(*) FROM trading.trades) AS trades,
          (SELECT count(*) FROM settlements) AS settled
        """
      ).one()
      return try row.decode(Int.self, "trades") == row.decode(Int.self, "settled")
    }
    try await eventually { try await ledger.fundsDisagreements() == 0 }
    for trader in traders {
      let wallets = try await Trader.patiently { try await trader.settled.client.wallets() }
      let shares = wallets.first { $0.asset == Trader.symbol }
      #expect(shares?.available == Decimal(ordersEach - 1) && shares?.reserved == 0)
    }
    let client = try await platform.operator().logIn(try await platform.client())
    #expect(try await client.trialBalance().balanced)
    #expect(try await database.query("SELECT FROM dead_letters").isEmpty)
  }

  /// The broker has each event of the outbox under its one id, those of a key in their order.
  private static func checkTopics(on platform: Platform) async throws {
    let database = PostgresPool(try await platform.database(schema: "trading"))
    try await eventually {
      try await database.query("SELECT FROM outbox WHERE published_at IS NULL LIMIT 1").isEmpty
    }
    for topic in ["order_events", "trade_executions"] {
      let stored = try await database.query(
        "SELECT event_id::text AS id FROM outbox WHERE topic = \(topic)"
      ).map { try $0.decode(String.self, "id") }
      let published = try await PublishedEvents(
        of: topic, brokers: .file(platform.brokerFile))
      #expect(Set(published.ids) == Set(stored), "\(topic)")
      for (key, sequences) in published.sequences {
        #expect(sequences == Array(1...Int64(sequences.count)), "\(topic) \(key)")
      }
    }
  }
}

/// The ids of the orders that were answered for.
private actor PlacedOrders {
  private(set) var ids: Set<String> = []

  func add(_ id: String) { ids.insert(id) }
}
