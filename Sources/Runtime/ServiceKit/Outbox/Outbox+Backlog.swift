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

  /// How far a backlog is counted: who asks often must not cost more the longer it is.
  static let backlogLimit: Int64 = 100_000
}
