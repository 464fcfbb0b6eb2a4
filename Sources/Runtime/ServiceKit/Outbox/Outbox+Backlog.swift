import Postgres

extension Outbox {
  /// How many events wait to be published, as far as ``backlogLimit``.
  static func unpublished(in database: PostgresPool) async throws -> Int64 {
    let rows = try await database.query(
      """
      -- name: outbox_unpublished
      SELECT count(*) AS waiting FROM (
        SELECT FROM outbox WHERE published_at IS NULL LIMIT \(backlogLimit)) AS unpublished
      """)
    return try rows.first?.decode(Int64.self, "waiting") ?? 0
  }

  /// How many seconds ago the oldest event that waits to be published was committed; 0 when none waits.
  static func oldestAge(in database: PostgresPool) async throws -> Double {
    let rows = try await database.query(
      """
      -- name: outbox_oldest
      SELECT greatest(0, extract(epoch FROM clock_timestamp() - created_at) * 1000)::bigint AS age
      FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1
      """)
    return try Double(rows.first?.decode(Int64.self, "age") ?? 0) / 1_000
  }

  /// How many seconds ago the oldest event of the outbox was committed; 0 when there is none.
  static func oldestRowAge(in database: PostgresPool) async throws -> Double {
    let rows = try await database.query(
      """
      -- name: outbox_oldest_row
      SELECT greatest(0, extract(epoch FROM clock_timestamp() - created_at) * 1000)::bigint AS age
      FROM outbox ORDER BY id LIMIT 1
      """)
    return try Double(rows.first?.decode(Int64.self, "age") ?? 0) / 1_000
  }

  /// How far a backlog is counted: who asks often must not cost more the longer it is.
  static let backlogLimit: Int64 = 100_000
}
