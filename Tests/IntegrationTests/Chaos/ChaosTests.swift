import AssetContract
import Foundation
import Postgres
import TestSupport
import Testing

@testable import DevPlatform

/// Whatever dies amid trading, and whenever: afterwards each order exists once, money is neither lost nor made, and
/// each event was applied once.
@Suite struct ChaosTests {
  /// A slice of what `make chaos` runs (`CHAOS_KILLS`, `CHAOS_SEED`).
  private static let kills = setting("CHAOS_KILLS").flatMap { Int($0) } ?? 12
  private static let traders = 4
  /// How soon everything agrees, from the start of what had died.
  private static let recoveryLimit: Duration = .seconds(10)

  @Test("kills at random points and times amid trading", .timeLimit(.minutes(30)))
  func kills() async throws {
    let seed = Self.setting("CHAOS_SEED").flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
    print("chaos: CHAOS_SEED=\(seed) CHAOS_KILLS=\(Self.kills)")
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) {
      // What an exchange may still take is waited for: not for longer than the rest needs.
      $0.environment[.brokerService] = ["BROKER_SUBMIT_WINDOW": "1"]
    } _: { platform in
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      var traders: [ChaosTrader] = []
      for number in 0..<Self.traders {
        let trader = try await Trader.signUp("trader-\(number)", on: platform)
        traders.append(
          ChaosTrader(
            trader, restingLimit: try await trader.restingLimit(),
            routedLimit: try await trader.restingRoutedLimit(), seed: seed &+ UInt64(number)))
      }
      let run = ChaosRun(platform, traders, ledger, seed: seed)
      let watches = traders.map { _ in OrderWatch() }
      let crew = traders
      try await withBackground {
        await withDiscardingTaskGroup { group in
          for (trader, watch) in zip(crew, watches) {
            group.addTask { await trader.run() }
            group.addTask { await watch.run([trader.client], beginningWith: 0) }
          }
        }
      } body: {
        do {
          try await run.run(kills: Self.kills, within: .seconds(30 + 15 * Self.kills))
        } catch {
          print("\(await run.report)")
          throw error
        }
        for (trader, watch) in zip(crew, watches) {
          let last = try await ledger.orderSequence(of: trader.userID)
          try await eventually { await watch.sequence == last }
        }
      }
      let report = await run.report
      print("\(report)")
      for recovery in report.recoveries {
        #expect(recovery.time <= Self.recoveryLimit, "\(recovery.description)")
      }
      for (trader, watch) in zip(traders, watches) {
        let complaints = await trader.complaints + watch.complaints
        #expect(complaints == [])
        let acknowledged = await trader.acknowledged
        let orders = try await ledger.orders(of: trader.userID)
        #expect(orders == acknowledged.mapValues { $0.orderID })
        let canceled = try await ledger.canceledOrders(of: trader.userID)
        #expect(canceled == Set(acknowledged.filter { $0.value.isCanceled }.map(\.key)))
      }
      #expect(try await ledger.platformDisagreements() == [])
      #expect(try await ledger.statusDisagreements() == 0)
      let bank = try await platform.operator().logIn(try await platform.client())
      let balance = try await bank.trialBalance()
      #expect(balance.balanced, "\(balance)")
    }
  }

  private static func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension LedgerAudit {
  /// All orders of an account: their ids by the names that their trader gave them.
  fileprivate func orders(of account: String) async throws -> [String: String] {
    let rows = try await database.query(
      "SELECT client_order_id, id::text AS id FROM orders WHERE account_id = \(account)::uuid")
    return try Dictionary(
      uniqueKeysWithValues: rows.map {
        (try $0.decode(String.self, "client_order_id"), try $0.decode(String.self, "id"))
      })
  }

  /// The names of an account's orders that are canceled.
  fileprivate func canceledOrders(of account: String) async throws -> Set<String> {
    let rows = try await database.query(
      """
      SELECT client_order_id FROM orders
      WHERE account_id = \(account)::uuid AND state = 'CANCELED'
      """)
    return try Set(rows.map { try $0.decode(String.self, "client_order_id") })
  }
}
