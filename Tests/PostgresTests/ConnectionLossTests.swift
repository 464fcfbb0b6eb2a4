import DevTools
import Logging
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConnectionLossTests {
  private func quietPool(_ configuration: PostgresConfiguration) -> PostgresPool {
    var configuration = configuration
    configuration.logger = .quiet
    configuration.limits.statementTimeout = nil
    return PostgresPool(configuration)
  }

  @Test func aPoolFindsTheServerAgain() async throws {
    let server = try await PostgresServer.startPrivate()
    let pool = quietPool(TestDatabase.configuration(of: server))
    try await pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    try await pool.execute("INSERT INTO items VALUES (\(1))")

    await server.kill()
    await #expect {
      // Sessions outlive their server for a moment, in which they may answer; but none that sleeps.
      try await pool.transaction { _ = try await $0.query("SELECT pg_sleep(3600)") }
    } throws: {
      ($0 as? PostgresError)?.isRetryable == true
    }

    try await server.restart()
    try await pool.waitUntilReady(timeout: .seconds(60))
    // The same text, prepared anew on the new connection.
    try await pool.execute("INSERT INTO items VALUES (\(2))")
    #expect(try await pool.query("SELECT id FROM items").count == 2)
    await pool.close()
    await server.stop()
  }

  /// The session ends while the server works on COMMIT: nobody can say what became of it.
  @Test func aCommitWithoutAnAnswerIsUnknown() async throws {
    let database = try await TestDatabase.make()
    let pool = quietPool(database.configuration)
    try await pool.transaction { transaction in
      try await transaction.script(
        """
        CREATE TABLE items (id bigint PRIMARY KEY);
        CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_sleep(3600); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER lingers AFTER INSERT ON items
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();
        """)
    }
    let committing = Task {
      try await pool.transaction(attempts: 3) { transaction in
        transaction.send("INSERT INTO items VALUES (\(1))")
      }
    }
    try await eventually { try await database.sleepers() == 1 }
    try await database.terminateSleepers()
    await #expect {
      try await committing.value
    } throws: { error in
      guard let error = error as? PostgresError else { return false }
      return error.outcomeUnknown && !error.isRetryable
        && error.description.hasSuffix("whether the work was done is unknown")
    }
    #expect(try await pool.query("SELECT FROM items").isEmpty)
  }

  /// Before COMMIT was sent, nothing has been done, and it may be done again.
  @Test func aTransactionLostBeforeItsCommitIsRunAgain() async throws {
    let database = try await TestDatabase.make()
    let pool = quietPool(database.configuration)
    try await pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    try await pool.execute("CREATE TABLE attempts (n bigint)")
    let working = Task {
      try await pool.transaction(attempts: 3) { transaction in
        try await transaction.execute("INSERT INTO items VALUES (\(1))")
        // Outside of the transaction, so that it survives the first attempt.
        let attempt = try await database.pool.query(
          "WITH added AS (INSERT INTO attempts VALUES (1)) SELECT count(*) AS n FROM attempts"
        ).one().decode(Int.self, "n")
        if attempt == 0 { try await transaction.query("SELECT pg_sleep(3600)") }
      }
    }
    try await eventually { try await database.sleepers() == 1 }
    try await database.terminateSleepers()
    try await working.value
    #expect(try await pool.query("SELECT FROM items").count == 1)
    #expect(try await pool.query("SELECT FROM attempts").count == 2)
  }

  /// A statement that commits by itself is as unknown as a COMMIT.
  @Test func aStatementWithoutAnAnswerIsUnknown() async throws {
    let database = try await TestDatabase.make()
    let pool = quietPool(database.configuration)
    let working = Task { try await pool.execute("SELECT pg_sleep(3600)") }
    try await eventually { try await database.sleepers() == 1 }
    try await database.terminateSleepers()
    await #expect {
      try await working.value
    } throws: {
      ($0 as? PostgresError)?.outcomeUnknown == true
    }
  }

  /// A session that the server does not take (53300) has begun nothing.
  @Test func aServerWithoutRoomForASessionIsAway() async throws {
    let database = try await TestDatabase.make()
    let role = "crowd_of_\(database.configuration.database)"
    try await database.pool.transaction { transaction in
      try await transaction.script("CREATE ROLE \(role) LOGIN CONNECTION LIMIT 1")
      try await transaction.setPassword("secret", of: role)
    }
    var configuration = try await database.configuration(user: role, password: "secret")
    configuration.limits.maxConnections = 1
    let (first, second) = (quietPool(configuration), quietPool(configuration))
    try await first.waitUntilReady(timeout: .seconds(60))
    await #expect {
      try await second.execute("SELECT 1")
    } throws: { error in
      guard let error = error as? PostgresError else { return false }
      return error.code == .connectionFailed && error.message.contains("too many connections")
        && error.isRetryable
    }
    await first.close()
    try await second.waitUntilReady(timeout: .seconds(60))
    await second.close()
    try await database.pool.execute(PostgresQuery(unsafeSQL: "DROP ROLE \(role)"))
  }
}
