import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PoolLimitTests {
  private func pool(
    of database: TestDatabase, _ change: (inout PostgresConfiguration.Limits) -> Void
  ) -> PostgresPool {
    var configuration = database.configuration
    configuration.limits.maxConnections = 1
    change(&configuration.limits)
    return PostgresPool(configuration)
  }

  @Test func whoWaitsTooLongForAConnectionIsRefused() async throws {
    let database = try await TestDatabase.make()
    let pool = pool(of: database) { $0.acquireTimeout = .milliseconds(200) }
    // Connecting may take longer than that.
    try await pool.waitUntilReady(timeout: .seconds(60))
    try await pool.transaction { transaction in
      try await transaction.query("SELECT 1")
      // The only connection is this transaction's.
      await #expect {
        try await pool.query("SELECT 2")
      } throws: { error in
        guard let error = error as? PostgresError else { return false }
        return error.code == .acquireTimeout && error.isRetryable
      }
    }
    #expect(try await pool.query("SELECT 3").count == 1)
  }

  @Test func moreCallersThanMayWaitAreRefusedAtOnce() async throws {
    let database = try await TestDatabase.make()
    let pool = pool(of: database) {
      $0.maxWaiters = 2
      $0.acquireTimeout = .seconds(3_600)
    }
    let waiters = try await pool.transaction { transaction in
      try await transaction.query("SELECT 1")
      let waiters = (0..<2).map { number in
        Task { try await pool.query("SELECT \(number) AS n").one().decode(Int.self, "n") }
      }
      try await eventually { await pool.statistics().waiting == 2 }
      await #expect {
        try await pool.query("SELECT 9")
      } throws: {
        ($0 as? PostgresError)?.code == .tooManyWaiters
      }
      return waiters
    }
    for (number, waiter) in waiters.enumerated() { #expect(try await waiter.value == number) }
    #expect(await pool.statistics().open == 1)
  }

  @Test func noMoreConnectionsAreOpenedThanAllowed() async throws {
    let database = try await TestDatabase.make()
    let pool = pool(of: database) {
      $0.maxConnections = 3
      $0.acquireTimeout = .seconds(3_600)
    }
    try await withThrowingTaskGroup { group in
      for _ in 0..<50 {
        group.addTask {
          try await pool.transaction { _ = try await $0.query("SELECT pg_sleep(0.01)") }
        }
      }
      try await group.waitForAll()
    }
    #expect(await pool.statistics().open <= 3)
  }

  @Test func aCancelledStatementEndsOnTheServerToo() async throws {
    let database = try await TestDatabase.make()
    let pool = pool(of: database) { $0.statementTimeout = nil }
    let sleeper = Task { try await pool.query("SELECT pg_sleep(3600)") }
    try await eventually { try await database.sleepers() == 1 }
    sleeper.cancel()
    await #expect {
      try await sleeper.value
    } throws: {
      ($0 as? PostgresError)?.code == .cancelled
    }
    try await eventually { try await database.sleepers() == 0 }
    #expect(try await pool.query("SELECT 1").count == 1)
  }

  @Test func aCancelledWaiterLeavesTheQueue() async throws {
    let database = try await TestDatabase.make()
    let pool = pool(of: database) { $0.maxWaiters = 1 }
    try await pool.transaction { transaction in
      try await transaction.query("SELECT 1")
      let waiter = Task { try await pool.query("SELECT 2") }
      try await eventually { await pool.statistics().waiting == 1 }
      waiter.cancel()
      await #expect {
        try await waiter.value
      } throws: {
        ($0 as? PostgresError)?.code == .cancelled
      }
      #expect(await pool.statistics().waiting == 0)
    }
  }
}

extension TestDatabase {
  /// How many sessions of the database are in `pg_sleep`.
  func sleepers() async throws -> Int {
    try await pool.query(
      """
      SELECT count(*) AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'
      """
    ).one().decode(Int.self, "n")
  }

  /// Ends the sessions that are in `pg_sleep`.
  func terminateSleepers() async throws {
    try await pool.execute(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'
      """)
  }
}
