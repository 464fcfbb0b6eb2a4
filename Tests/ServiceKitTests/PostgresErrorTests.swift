import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing

@Suite("What a failure of the database means to a caller") struct PostgresErrorTests {
  private func failure(
    _ work: nonisolated(nonsending) () async throws -> Void
  ) async throws -> RPCError {
    try #require(await #expect(throws: PostgresError.self) { try await work() }).rpcError
  }

  @Test("a database that cannot be reached: nothing was changed, come back")
  func unreachable() async throws {
    let database = try await TestDatabase.make()
    var configuration = database.configuration
    configuration.host = "/nonexistent"
    configuration.limits.acquireTimeout = .seconds(1)
    let pool = PostgresPool(configuration)
    let error = try await failure { try await pool.execute("SELECT 1") }
    #expect(error.code == .unavailable)
    #expect(error.errorInfo?.reason == "DATABASE_UNAVAILABLE")
    #expect(error.details.contains(.retryInfo(delay: PostgresError.retryDelay)))
    #expect(error.message == "the service cannot reach its database")
  }

  @Test("a statement that took too long: nothing was changed, come back, but not at once")
  func timeout() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE rows (id bigint)")
    var configuration = database.configuration
    configuration.limits.statementTimeout = .milliseconds(100)
    let pool = PostgresPool(configuration)
    let error = try await failure {
      _ = try await pool.transactionUntilKnown { transaction in
        transaction.send("INSERT INTO rows VALUES (1)")
        transaction.send("SELECT pg_sleep(3600)")
      }
    }
    #expect(error.code == .unavailable)
    #expect(error.errorInfo?.reason == "DATABASE_TIMEOUT")
    #expect(error.details.contains(.retryInfo(delay: PostgresError.retryDelay)))
    #expect(error.message == "the service's database took too long")
    // The mesh would ask for it three times, and so would whoever calls this service's callers.
    #expect(error.pushback == .never)
    #expect(try await database.pool.query("SELECT FROM rows").isEmpty)
  }

  @Test("a row that others hold: nothing was changed, repeat at once")
  func conflict() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE rows AS SELECT 1 AS id")
    let error = try await database.pool.transaction { holder in
      try await holder.query("SELECT * FROM rows FOR UPDATE")
      let other = PostgresPool(database.configuration)
      return try await failure { try await other.execute("SELECT * FROM rows FOR UPDATE NOWAIT") }
    }
    #expect(error.code == .aborted)
    #expect(error.errorInfo?.reason == "DATABASE_CONFLICT")
  }

  @Test("a connection lost behind COMMIT: the change may have been made")
  func unknownOutcome() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.transaction { transaction in
      try await transaction.script(
        """
        CREATE TABLE rows (id bigint);
        CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER end_session AFTER INSERT ON rows
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_session();
        """)
    }
    let error = try await failure {
      _ = try await database.pool.transaction {
        try await $0.execute("INSERT INTO rows VALUES (1)")
      }
    }
    #expect(error.code == .unknown)
    #expect(error.errorInfo?.reason == "OUTCOME_UNKNOWN")
  }

  @Test("a connection lost behind a method that changes nothing: come back")
  func lostReading() async throws {
    let database = try await TestDatabase.make()
    let failure = try #require(
      await #expect(throws: PostgresError.self) {
        try await database.pool.query("SELECT pg_terminate_backend(pg_backend_pid())")
      })
    #expect(failure.outcomeUnknown)
    let codes = [MethodDescriptor.Idempotency.noSideEffects, .idempotent].map { idempotency in
      let method = MethodDescriptor(
        service: "test.Service", method: "Get", kind: .unary, idempotency: idempotency,
        access: AccessRule(callers: .mesh, user: .none))
      return ServerContext.$current.withValue(ServerContext(method: method)) {
        RPCError(reporting: failure).code
      }
    }
    #expect(codes == [.unavailable, .unknown])
  }

  @Test("our own mistake: its text stays with the operator")
  func mistake() async throws {
    let database = try await TestDatabase.make()
    let error = try await failure { try await database.pool.execute("SELECT secret FROM nowhere") }
    #expect(error.code == .internal)
    #expect(error.message == "the service failed")
    #expect(error.details.isEmpty)
    #expect(error.cause is PostgresError)
  }
}
