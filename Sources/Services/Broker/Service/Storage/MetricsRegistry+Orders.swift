import Core
import Observability
import Postgres

extension MetricsRegistry {
  /// Shows what is stored of orders that need somebody's attention.
  func showOrders(of database: PostgresPool, clock: any Core.Clock) {
    countGauge(
      "broker_stray_orders",
      "Orders at an exchange that must not be there, such as one that is there twice: always 0."
    ) { [weak database] in
      await database?.count(
        """
        -- name: stray_orders
        SELECT count(DISTINCT (connection_id, exchange_order_id)) AS amount
        FROM refused_reports WHERE is_stray
        """)
    }
    countGauge(
      "broker_refused_reports",
      "Execution reports that contradict what is stored, and were put aside: always 0."
    ) { [weak database] in
      await database?.count(
        "-- name: refused_reports\nSELECT count(*) AS amount FROM refused_reports")
    }
    countGauge(
      "broker_pending_orders", "Orders of which it is not known whether the exchange has them."
    ) { [weak database] in
      await database?.count(
        """
        -- name: pending_orders
        SELECT count(*) AS amount FROM routed_orders WHERE state = 'PENDING_NEW'
        """)
    }
    timeGauge(
      "broker_oldest_pending_order_age_seconds",
      "How long ago the oldest order arrived of which it is not known whether the exchange has it."
    ) { [weak database] in
      guard let database else { return nil }
      let rows = try? await database.query(
        """
        -- name: oldest_pending_order
        SELECT created_at FROM routed_orders WHERE state = 'PENDING_NEW'
        ORDER BY created_at LIMIT 1
        """)
      guard let rows else { return nil }
      guard let oldest = try? rows.first?.decode(Instant.self, "created_at") else { return .zero }
      return max(.zero, clock.now - oldest)
    }
  }
}

extension PostgresPool {
  /// A number that a query counts; nil when it cannot be had.
  fileprivate func count(_ query: PostgresQuery) async -> Int64? {
    try? await self.query(query).one().decode(Int64.self, "amount")
  }
}
