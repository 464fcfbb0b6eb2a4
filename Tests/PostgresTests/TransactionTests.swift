import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TransactionTests {
  @Test func commitsWhatTheBodyDid() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (id bigint PRIMARY KEY, name text)")
    let count = try await database.pool.transaction { transaction in
      try await transaction.execute("INSERT INTO items VALUES (\(1), \("one"))")
      transaction.send("INSERT INTO items VALUES (\(2), \("two"))")
      return try await transaction.query("SELECT count(*) AS n FROM items").one().decode(
        Int.self, "n")
    }
    #expect(count == 2)
    let rows = try await database.pool.query("SELECT name FROM items ORDER BY id")
    #expect(try rows.map { try $0.decode(String.self, "name") } == ["one", "two"])
  }

  @Test func undoesWhatTheBodyDidWhenItThrows() async throws {
    struct Refusal: Error {}
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    await #expect(throws: Refusal.self) {
      try await database.pool.transaction { transaction in
        try await transaction.execute("INSERT INTO items VALUES (1)")
        throw Refusal()
      }
    }
    #expect(try await database.pool.query("SELECT FROM items").isEmpty)
  }

  @Test func aStatementThatWaitedForCommitFailsIt() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    await #expect {
      try await database.pool.transaction { transaction in
        transaction.send("INSERT INTO items VALUES (1)")
        transaction.send("-- name: again\nINSERT INTO items VALUES (1)")
      }
    } throws: { error in
      guard let error = error as? PostgresError else { return false }
      return error.code == .uniqueViolation && error.constraint == "items_pkey"
        && error.queryName == "again" && !error.isRetryable && !error.outcomeUnknown
    }
    #expect(try await database.pool.query("SELECT FROM items").isEmpty)
  }

  @Test func whatFollowsACommitIsDoneBeforeItsCallerGoesOn() async throws {
    let database = try await TestDatabase.make()
    let done = Mutex<[String]>([])
    try await database.pool.transaction { transaction in
      transaction.onCommit { done.withLock { $0.append("first") } }
      transaction.send("CREATE TABLE items (id bigint PRIMARY KEY)")
      transaction.onCommit { done.withLock { $0.append("second") } }
      let isEmpty = done.withLock(\.isEmpty)
      #expect(isEmpty)
    }
    let order = done.withLock(\.self)
    #expect(order == ["first", "second"])
  }

  @Test func nothingFollowsATransactionThatIsUndone() async throws {
    struct Refusal: Error {}
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    let done = Mutex(0)
    await #expect(throws: Refusal.self) {
      try await database.pool.transaction { transaction in
        transaction.onCommit { done.withLock { $0 += 1 } }
        try await transaction.execute("INSERT INTO items VALUES (1)")
        throw Refusal()
      }
    }
    await #expect(throws: PostgresError.self) {
      try await database.pool.transaction { transaction in
        transaction.onCommit { done.withLock { $0 += 1 } }
        transaction.send("INSERT INTO items VALUES (1), (1)")
      }
    }
    await #expect(throws: PostgresError.self) {
      try await database.pool.transaction { transaction in
        transaction.onCommit { done.withLock { $0 += 1 } }
        _ = try? await transaction.execute("INSERT INTO items VALUES (1), (1)")
      }
    }
    let count = done.withLock(\.self)
    #expect(count == 0)
  }

  @Test func aSwallowedErrorDoesNotLookLikeACommit() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    await #expect {
      try await database.pool.transaction { transaction in
        try await transaction.execute("INSERT INTO items VALUES (1)")
        _ = try? await transaction.execute("INSERT INTO items VALUES (1)")
      }
    } throws: {
      ($0 as? PostgresError)?.code == .inFailedTransaction
    }
    #expect(try await database.pool.query("SELECT FROM items").isEmpty)
  }

  @Test func aDeferredConstraintFailsTheCommit() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE parents (id bigint PRIMARY KEY)")
    try await database.pool.execute(
      """
      CREATE TABLE children (
        parent bigint CONSTRAINT has_parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED)
      """)
    for _ in 1...2 {
      await #expect {
        try await database.pool.execute("INSERT INTO children VALUES (7)")
      } throws: {
        ($0 as? PostgresError)?.constraint == "has_parent"
      }
      await #expect {
        try await database.pool.transaction { $0.send("INSERT INTO children VALUES (7)") }
      } throws: {
        ($0 as? PostgresError)?.constraint == "has_parent"
      }
      await #expect {
        _ = try await database.pool.pipeline([
          "INSERT INTO children VALUES (7)", "INSERT INTO children VALUES (8)",
        ])
      } throws: {
        ($0 as? PostgresError)?.constraint == "has_parent"
      }
    }
    #expect(try await database.pool.query("SELECT FROM children").isEmpty)
  }

  @Test func aPipelineIsOneTransaction() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (id bigint PRIMARY KEY)")
    let results = try await database.pool.pipeline([
      "INSERT INTO items VALUES (\(1))", "INSERT INTO items VALUES (\(2)), (\(3))",
      "SELECT id FROM items ORDER BY id",
    ])
    #expect(results.map(\.affectedRows) == [1, 2, 3])
    await #expect {
      _ = try await database.pool.pipeline([
        "INSERT INTO items VALUES (4)", "SELECT 1 / 0", "INSERT INTO items VALUES (5)",
      ])
    } throws: {
      ($0 as? PostgresError)?.code == "22012"
    }
    #expect(try await database.pool.query("SELECT FROM items").count == 3)
  }

  @Test func whoLooksFirstFindsTheNameThatAnotherTook() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.execute("CREATE TABLE items (name text PRIMARY KEY, owner text)")
    let owner = try await database.pool.transactionUntilKnown { transaction in
      let found = try await transaction.query("SELECT owner FROM items WHERE name = \("a")")
      if let row = found.first { return try row.decode(String.self, "owner") }
      // Another, between the look and the insertion of the first attempt.
      try await database.pool.execute("INSERT INTO items VALUES ('a', 'another')")
      transaction.send("INSERT INTO items VALUES ('a', 'this')")
      return "this"
    }
    #expect(owner == "another")
  }

  @Test func aScriptRunsManyStatements() async throws {
    let database = try await TestDatabase.make()
    try await database.pool.transaction { transaction in
      try await transaction.script(
        "CREATE TABLE a (x text); INSERT INTO a VALUES ('semicolon;'); CREATE TABLE b (y int)")
      try await transaction.execute("INSERT INTO b VALUES (1)")
    }
    #expect(try await database.pool.query("SELECT x FROM a").count == 1)
    await #expect {
      try await database.pool.transaction { transaction in
        try await transaction.script("CREATE TABLE c (x text); SELECT nonsense")
      }
    } throws: {
      ($0 as? PostgresError)?.code == "42703"
    }
    #expect(
      try await database.pool.query("SELECT to_regclass('c')::text AS c").first?.decode(
        String?.self, "c") == .some(nil))
  }

  @Test(arguments: [PostgresIsolation.readCommitted, .repeatableRead, .serializable])
  func runsAtTheIsolationAskedFor(isolation: PostgresIsolation) async throws {
    let database = try await TestDatabase.make()
    let level = try await database.pool.transaction(isolation: isolation) { transaction in
      try await transaction.query("SELECT current_setting('transaction_isolation') AS level")
        .one().decode(String.self, "level")
    }
    let expected: [PostgresIsolation: String] = [
      .readCommitted: "read committed", .repeatableRead: "repeatable read",
      .serializable: "serializable",
    ]
    #expect(level == expected[isolation])
  }
}
