import Postgres
import Synchronization
import TestSupport
import Testing

/// What the server gives up has had no effect, wherever it was given up; and is not repeated at once.
@Suite(.timeLimit(.minutes(5))) struct StatementTimeoutTests {
  private let database: TestDatabase
  private let pool: PostgresPool

  init() async throws {
    database = try await TestDatabase.make()
    try await database.pool.transaction { transaction in
      try await transaction.script(
        """
        CREATE TABLE items (id bigint PRIMARY KEY);
        CREATE TABLE checked (id bigint PRIMARY KEY);
        CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_sleep(3600); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER lingers AFTER INSERT ON checked
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();
        """)
    }
    var configuration = database.configuration
    configuration.limits.statementTimeout = .seconds(1)
    pool = PostgresPool(configuration)
  }

  @Test func ofAStatementByItself() async throws {
    try await expectTimeout {
      try await pool.execute("INSERT INTO items SELECT 1 FROM pg_sleep(3600)")
    }
    #expect(try await rows() == 0)
  }

  @Test func ofATransaction() async throws {
    let attempts = Atomic(0)
    try await expectTimeout {
      try await pool.transaction(attempts: 5) { transaction in
        attempts.add(1, ordering: .relaxed)
        try await transaction.execute("INSERT INTO items VALUES (1)")
        try await transaction.query("SELECT pg_sleep(3600)")
      }
    }
    #expect(attempts.load(ordering: .relaxed) == 1)
    #expect(try await rows() == 0)
  }

  @Test func ofATransactionWhoseCommitTravelsWithIt() async throws {
    try await expectTimeout {
      try await pool.transactionUntilKnown { transaction in
        transaction.send("INSERT INTO items VALUES (1)")
        transaction.send("SELECT pg_sleep(3600)")
      }
    }
    #expect(try await rows() == 0)
  }

  /// `statement_timeout` does not run in COMMIT, but what is cancelled by another session has the same code.
  @Test func ofTheCommit() async throws {
    try await expectCancellation {
      try await pool.transactionUntilKnown { transaction in
        transaction.send("INSERT INTO items VALUES (1)")
        transaction.send("INSERT INTO checked VALUES (1)")
      }
    }
  }

  @Test func ofTheCommitOfAStatementByItself() async throws {
    try await expectCancellation { try await pool.execute("INSERT INTO checked VALUES (1)") }
  }

  private func expectCancellation(_ work: @escaping @Sendable () async throws -> Void) async throws
  {
    let committing = Task { try await work() }
    // Longer than the timeout, which does not end it.
    try await eventually { try await sleepers(for: "1500 ms") == 1 }
    try await database.pool.execute(
      """
      SELECT pg_cancel_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'
      """)
    try await expectTimeout { try await committing.value }
    #expect(try await rows() == 0)
  }

  /// How many sessions of the database have been in `pg_sleep`, as they began to so long ago.
  private func sleepers(for age: String) async throws -> Int {
    try await database.pool.query(
      """
      SELECT count(*) AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'
        AND clock_timestamp() - query_start > \(age)::text::interval
      """
    ).one().decode(Int.self, "n")
  }

  private func expectTimeout(
    _ work: nonisolated(nonsending) () async throws -> Void
  ) async throws {
    let error = try #require(await #expect(throws: PostgresError.self) { try await work() })
    #expect(error.code == .queryCanceled)
    #expect(!error.outcomeUnknown)
    #expect(!error.isRetryable)
  }

  private func rows() async throws -> Int {
    try await database.pool.query(
      "SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM checked) AS n"
    ).one().decode(Int.self, "n")
  }
}
