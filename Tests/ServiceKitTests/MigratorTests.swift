import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MigratorTests {
  private static let orders = Migration(
    version: 1, name: "create_orders",
    sql: """
      CREATE TABLE orders (order_id uuid PRIMARY KEY, note text DEFAULT 'a; b');
      CREATE INDEX orders_note_idx ON orders (note)
      """)
  private static let trades = Migration(
    version: 2, name: "create_trades", sql: "CREATE TABLE trades (trade_id bigserial PRIMARY KEY)")

  @Test func appliesEachMigrationOnce() async throws {
    let (migrator, pool) = try await makeMigrator()
    #expect(try await migrator.migrate([Self.orders]) == [Self.orders])
    #expect(try await migrator.migrate([Self.orders, Self.trades]) == [Self.trades])
    #expect(try await migrator.migrate([Self.orders, Self.trades]) == [])
    let rows = try await pool.query(
      "SELECT version, name FROM trading.schema_migrations ORDER BY version")
    #expect(try rows.map { try $0.decode(Int.self, "version") } == [1, 2])
    #expect(
      try rows.map { try $0.decode(String.self, "name") } == ["create_orders", "create_trades"])
    #expect(try await pool.query("SELECT note FROM trading.orders").isEmpty)
  }

  @Test func manyMigratorsAtOnceApplyEachMigrationOnce() async throws {
    let database = try await TestDatabase.make()
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 1...4 {
        group.addTask {
          let migrator = Migrator(pool: database.pool, schema: "trading", logger: .quiet)
          return try await migrator.migrate([Self.orders, Self.trades]).count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(counts == 2)
  }

  @Test func leavesNothingOfAMigrationThatFails() async throws {
    let (migrator, pool) = try await makeMigrator()
    let broken = Migration(
      version: 2, name: "break", sql: "CREATE TABLE half (x text); CREATE TABLE half (x text)")
    await #expect(throws: PostgresError.self) {
      try await migrator.migrate([Self.orders, broken])
    }
    let tables = try await pool.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'trading' ORDER BY 1")
    #expect(
      try tables.map { try $0.decode(String.self, "tablename") } == ["orders", "schema_migrations"])
    #expect(try await migrator.migrate([Self.orders, Self.trades]) == [Self.trades])
  }

  @Test func refusesAHistoryThatChanged() async throws {
    let (migrator, _) = try await makeMigrator()
    try await migrator.migrate([Self.orders, Self.trades])
    let edited = Migration(version: 1, name: "create_orders", sql: Self.orders.sql + " -- edited")
    await #expect(
      throws: MigrationError.changed(schema: "trading", version: 1, name: "create_orders")
    ) {
      try await migrator.migrate([edited, Self.trades])
    }
    await #expect(
      throws: MigrationError.missing(schema: "trading", version: 1, name: "create_orders")
    ) {
      try await migrator.migrate([Self.trades])
    }
    await #expect(throws: MigrationError.notInOrder(schema: "trading", version: 1)) {
      try await migrator.migrate([Self.trades, Self.orders])
    }
  }

  @Test func refusesAMigrationInThePast() async throws {
    let (migrator, _) = try await makeMigrator()
    try await migrator.migrate([Self.trades])
    await #expect(
      throws: MigrationError.tooLate(
        schema: "trading", version: 1, name: "create_orders", applied: 2)
    ) {
      try await migrator.migrate([Self.orders, Self.trades])
    }
  }

  @Test func aRoleUsesItsOwnSchemaOnly() async throws {
    let database = try await TestDatabase.make()
    let suffix = database.configuration.database
    for name in ["trading", "auth"] {
      let migrator = Migrator(pool: database.pool, schema: name, logger: .quiet)
      try await migrator.migrate([Self.orders])
      let role = ServiceRole(name: "\(name)_\(suffix)", password: "\(name) it's secret")
      try await migrator.grantAccess(to: role)
      try await migrator.grantAccess(to: role)
      try await migrator.migrate([Self.orders, Self.trades])
    }
    let trading = PostgresPool(
      try await database.configuration(
        user: "trading_\(suffix)", password: "trading it's secret", schema: "trading"))
    try await trading.execute("INSERT INTO orders VALUES (gen_random_uuid())")
    // Made after the grant, with its sequence.
    try await trading.execute("INSERT INTO trades DEFAULT VALUES")
    #expect(try await trading.query("SELECT note FROM orders").count == 1)

    let forbidden: [PostgresQuery] = [
      "SELECT * FROM auth.orders", "INSERT INTO auth.trades DEFAULT VALUES",
      "DELETE FROM schema_migrations", "CREATE TABLE mine (x text)", "TRUNCATE orders",
      "DROP TABLE orders", "CREATE SCHEMA mine", "CREATE ROLE other", "CREATE TABLE public.x ()",
      "SET ROLE postgres", "SELECT * FROM pg_catalog.pg_authid", "COPY orders TO PROGRAM 'cat'",
    ]
    for query in forbidden {
      await #expect("\(query.sql)") {
        _ = try await trading.query(query)
      } throws: {
        ($0 as? PostgresError)?.code == .insufficientPrivilege
      }
    }
    let migrator = Migrator(pool: trading, schema: "trading", logger: .quiet)
    try await migrator.requireCurrent([Self.orders, Self.trades])
    try await migrator.requireCurrent([Self.orders])
    let next = Migration(version: 3, name: "next", sql: "SELECT 1")
    await #expect(
      throws: MigrationError.notCurrent(schema: "trading", version: 3, name: "next")
    ) {
      try await migrator.requireCurrent([Self.orders, Self.trades, next])
    }
  }

  @Test func aRoleNeedsItsOwnPassword() async throws {
    let database = try await TestDatabase.make()
    let migrator = Migrator(pool: database.pool, schema: "auth", logger: .quiet)
    try await migrator.migrate([])
    let name = "password_\(database.configuration.database)"
    try await migrator.grantAccess(to: ServiceRole(name: name, password: "first"))
    try await migrator.grantAccess(to: ServiceRole(name: name, password: "second"))
    let right = try await database.configuration(user: name, password: "second")
    try await PostgresPool(right).execute("SELECT 1")
    let wrong = try await database.configuration(user: name, password: "first")
    await #expect {
      try await PostgresPool(wrong).execute("SELECT 1")
    } throws: {
      let error = $0 as? PostgresError
      return error?.code == .connectionFailed
        && error?.message.contains("password authentication failed") == true
    }
  }

  private func makeMigrator() async throws -> (Migrator, PostgresPool) {
    let pool = try await TestDatabase.make().pool
    return (Migrator(pool: pool, schema: "trading", logger: .quiet), pool)
  }
}
