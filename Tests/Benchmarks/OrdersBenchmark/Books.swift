import AssetContract
import DevPlatform
import Postgres

/// The services' tables, as an auditor reads them.
struct Books: Sendable {
  private let database: PostgresPool
  private let auditor: PlatformClient

  init(_ platform: Platform) async throws {
    database = PostgresPool(try await platform.database())
    let client = try PlatformClient(
      port: await platform.port, authorityPath: platform.authorityPath)
    auditor = try await platform.operator().logIn(client)
  }

  /// How long what was committed may take to be published and applied by the other services.
  private static let patience: Duration = .seconds(600)

  /// Waits until no order is pending, every event is published, and those of orders are applied to their funds.
  func settle() async throws {
    let deadline = ContinuousClock.now + Self.patience
    while true {
      let left: Int = try await database.query(
        """
        SELECT (SELECT count(*) FROM trading.orders WHERE state = 'PENDING_NEW')
          + (SELECT count(*) FROM trading.outbox WHERE published_at IS NULL)
          + (SELECT count(*) FROM asset.outbox WHERE published_at IS NULL)
          + (SELECT count(*) FROM trading.outbox t
            WHERE t.topic IN ('order_events', 'trade_executions') AND NOT EXISTS (
              SELECT FROM asset.inbox i WHERE i.event_id = t.event_id)) AS behind
        """
      ).one().decode(Int.self, "behind")
      if left == 0 { return }
      guard .now < deadline else {
        throw BenchmarkFailure(description: "\(left) events are behind after \(Self.patience)")
      }
      try await Task.sleep(for: .milliseconds(250))
    }
  }

  /// Holds what is stored to what was acknowledged.
  ///
  /// - Throws: ``BenchmarkFailure`` unless every order is there, open, once, with the funds that it needs, and the
  ///   ledger adds up.
  func check(_ acknowledged: [String]) async throws {
    let row = try await database.query(
      """
      SELECT count(*) AS stored,
        count(*) FILTER (WHERE o.state = 'OPEN') AS open,
        count(*) FILTER (WHERE r.total = o.reservation_total AND r.captured = 0 AND NOT r.is_final
          AND r.account_id = o.account_id) AS held,
        (SELECT count(*) FROM trading.orders) AS orders,
        (SELECT count(*) FROM (
          SELECT w.account_id FROM asset.wallets w JOIN asset.reservations r
            ON r.account_id = w.account_id AND r.give_asset = w.asset
          GROUP BY w.account_id, w.asset, w.reserved HAVING w.reserved <> sum(r.total - r.captured)
        ) AS off) AS wallets_off
      FROM unnest(\(acknowledged)::uuid[]) AS a (id)
      JOIN trading.orders o ON o.id = a.id
      LEFT JOIN asset.reservations r ON r.order_id = o.id
      """
    ).one()
    let count = acknowledged.count
    for column in ["stored", "open", "held", "orders"] {
      let found = try row.decode(Int.self, column)
      guard found == count, Set(acknowledged).count == count else {
        throw BenchmarkFailure(description: "\(column): \(found) of \(count) acknowledged orders")
      }
    }
    let walletsOff = try row.decode(Int.self, "wallets_off")
    let balance = try await auditor.trialBalance()
    guard walletsOff == 0, balance.walletDifferences == 0, balance.reservationDifferences == 0
    else {
      throw BenchmarkFailure(
        description:
          "\(walletsOff) wallets do not hold what their orders need; trial balance: \(balance)")
    }
  }
}
