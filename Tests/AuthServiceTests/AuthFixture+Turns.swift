import Postgres
import TestSupport

extension AuthFixture {
  /// Has calls that change a user meet at the user's row: each has done all that it does before, hashes and reads
  /// included, when the next one begins; then they go on in this order.
  ///
  /// - Returns: what became of each.
  func inTurn(
    _ calls: [@Sendable () async throws -> Void]
  ) async throws -> [Result<Void, any Error>] {
    let database = service.database.pool
    let tasks = try await database.transaction { transaction in
      try await transaction.execute("SELECT FROM auth.users FOR UPDATE")
      var tasks: [Task<Void, any Error>] = []
      for call in calls {
        tasks.append(Task { try await call() })
        // A row's lock is given to those that wait in the order of their coming.
        try await eventually { try await Self.waiting(in: database) == tasks.count }
      }
      return tasks
    }
    var results: [Result<Void, any Error>] = []
    for task in tasks { results.append(await task.result) }
    return results
  }

  /// How many transactions wait for another.
  private static func waiting(in database: PostgresPool) async throws -> Int {
    try await database.query(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """
    ).one().decode(Int.self, "count")
  }
}
