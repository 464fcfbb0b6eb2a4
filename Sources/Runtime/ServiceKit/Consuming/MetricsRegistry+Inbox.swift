import Core
import Observability
import Postgres

extension MetricsRegistry {
  /// Shows how much a consumer's inbox holds.
  func showInbox(of consumer: String, in database: PostgresPool, clock: any Core.Clock) {
    gauge(
      "inbox_rows",
      "Events that the inboxes of the group's service hold, as their table's statistics say.",
      ["group": consumer]
    ) { [weak database] in
      guard let database else { return nil }
      return try? await Double(database.estimatedRows(of: "inbox"))
    }
    gauge(
      "inbox_oldest_event_age_seconds", "How old the oldest event is that the inbox remembers.",
      ["group": consumer]
    ) { [weak database] in
      guard let database else { return nil }
      // The first by the primary key: the ids begin with their time.
      let rows = try? await database.query(
        """
        -- name: inbox_oldest
        SELECT greatest(0, extract(epoch FROM clock_timestamp() - applied_at) * 1000)::bigint AS age
        FROM inbox WHERE consumer = \(consumer) ORDER BY event_id LIMIT 1
        """)
      guard let rows else { return nil }
      let age = rows.first.flatMap { try? $0.decode(Int64.self, "age") } ?? 0
      return Double(age) / 1_000
    }
  }
}

extension PostgresPool {
  /// How many rows a table of the schema has, as the last VACUUM or ANALYZE found: to count them would take longer
  /// the more there are.
  func estimatedRows(of table: String) async throws -> Int64 {
    try await query(
      """
      -- name: estimated_rows
      SELECT greatest(0, reltuples)::bigint AS estimate FROM pg_class
      WHERE oid = to_regclass(\(table))
      """
    ).one().decode(Int64.self, "estimate")
  }
}
