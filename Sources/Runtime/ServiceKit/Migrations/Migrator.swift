public import Logging
public import Postgres

/// Brings a service's schema up to date, as the database's owner.
///
/// What was applied is written down in the table `schema_migrations` of the schema, each migration
/// in one transaction with its row. A lock lets one migrator work at a time, so any number of them
/// may be started at once, and a second run finds nothing to do.
public struct Migrator: Sendable {
  private let pool: PostgresPool
  private let schema: String
  private let logger: Logger

  /// Makes a migrator of one schema.
  ///
  /// - Parameter pool: of a role that owns the database, without a time limit on statements.
  public init(pool: PostgresPool, schema: String, logger: Logger) {
    self.pool = pool
    self.schema = schema
    self.logger = logger
  }

  /// A configuration's limits for migrations: one connection, and as long as it takes.
  public static func limits() -> PostgresConfiguration.Limits {
    var limits = PostgresConfiguration.Limits()
    limits.maxConnections = 1
    limits.statementTimeout = nil
    limits.idleInTransactionTimeout = nil
    return limits
  }

  /// Makes the schema and applies the migrations that have not been.
  ///
  /// - Returns: those applied now.
  /// - Throws: ``MigrationError`` or `PostgresError`.
  @discardableResult
  public func migrate(_ migrations: [Migration]) async throws -> [Migration] {
    try requireOrder(migrations)
    try await prepareSchema()
    var applied: [Migration] = []
    while let migration = try await applyNext(of: migrations) {
      logger.info(
        "migration applied",
        metadata: [
          "schema": "\(schema)", "version": "\(migration.version)", "name": "\(migration.name)",
        ])
      applied.append(migration)
    }
    return applied
  }

  /// Makes the service's role, or brings it up to date: it may log in and use the schema's tables
  /// and sequences, those to come included, and nothing else.
  ///
  /// To be called after ``migrate(_:)``.
  ///
  /// - Parameter appendOnly: tables of the schema whose rows the role may read and add to, and nothing else.
  public func grantAccess(to role: ServiceRole, appendOnly tables: [String] = []) async throws {
    // Roles belong to the whole server: migrators of other databases may make the same one.
    try await pool.transaction(attempts: Self.roleAttempts) { transaction in
      try await lock(transaction)
      let exists = try await transaction.query(
        "SELECT FROM pg_catalog.pg_roles WHERE rolname = \(role.name)")
      if exists.isEmpty {
        try await transaction.script("CREATE ROLE \(quoted(role.name)) LOGIN")
      }
      try await transaction.script(grants(to: role.name, appendOnly: tables))
      if let password = role.password {
        try await transaction.setPassword(password, of: role.name)
      }
    }
  }

  /// Makes sure that all migrations have been applied, as a service does before it serves.
  ///
  /// The service's own role suffices. Migrations that the program does not know yet are no error:
  /// the schema may be ahead of a program that is being replaced.
  public func requireCurrent(_ migrations: [Migration]) async throws {
    try requireOrder(migrations)
    let pending = try await pool.transaction { transaction in
      try await self.pending(migrations, transaction)
    }
    if let next = pending.first {
      throw MigrationError.notCurrent(schema: schema, version: next.version, name: next.name)
    }
  }

  // MARK: Steps

  private static let roleAttempts = 5
  /// A migration waits so long for tables that are in use, rather than hold up all who come after.
  private static let lockTimeout = "30s"

  private func prepareSchema() async throws {
    try await pool.transaction { transaction in
      try await lock(transaction)
      // The server remarks on what is there already.
      try await transaction.script(
        """
        SET LOCAL client_min_messages = warning;
        CREATE SCHEMA IF NOT EXISTS \(quoted(schema));
        CREATE TABLE IF NOT EXISTS \(table) (
          version integer PRIMARY KEY,
          name text NOT NULL,
          checksum text NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT now()
        )
        """)
    }
  }

  private func applyNext(of migrations: [Migration]) async throws -> Migration? {
    try await pool.transaction { transaction in
      try await lock(transaction)
      guard let migration = try await pending(migrations, transaction).first else { return nil }
      try await transaction.script(
        """
        SET LOCAL search_path = \(quoted(schema));
        SET LOCAL lock_timeout = '\(Self.lockTimeout)'
        """)
      try await transaction.script(migration.sql)
      transaction.send(
        """
        INSERT INTO \(identifier: schema).schema_migrations (version, name, checksum)
        VALUES (\(migration.version), \(migration.name),
          encode(sha256(convert_to(\(migration.sql), 'UTF8')), 'hex'))
        """)
      return migration
    }
  }

  /// The migrations that are left, once those applied are found unchanged.
  private func pending(
    _ migrations: [Migration], _ transaction: PostgresTransaction
  ) async throws -> [Migration] {
    let rows = try await transaction.query(
      """
      SELECT coalesce(applied.version, listed.version)::int8 AS version,
        coalesce(applied.name, listed.name) AS name,
        applied.version IS NOT NULL AS is_applied, listed.version IS NOT NULL AS is_listed,
        applied.checksum = encode(sha256(convert_to(listed.sql, 'UTF8')), 'hex') AS is_same
      FROM unnest(\(migrations.map(\.version)), \(migrations.map(\.name))::text[],
        \(migrations.map(\.sql))::text[]) AS listed (version, name, sql)
      FULL JOIN \(identifier: schema).schema_migrations AS applied USING (version)
      ORDER BY 1
      """)
    let lastListed = migrations.last?.version ?? 0
    let lastApplied = try rows.reduce(0) { last, row in
      try row.decode(Bool.self, "is_applied") ? row.decode(Int.self, "version") : last
    }
    var pending: Set<Int> = []
    for row in rows {
      let version = try row.decode(Int.self, "version")
      let name = try row.decode(String.self, "name")
      if try !row.decode(Bool.self, "is_listed") {
        if version < lastListed {
          throw MigrationError.missing(schema: schema, version: version, name: name)
        }
      } else if try !row.decode(Bool.self, "is_applied") {
        if version < lastApplied {
          throw MigrationError.tooLate(
            schema: schema, version: version, name: name, applied: lastApplied)
        }
        pending.insert(version)
      } else if try row.decode(Bool?.self, "is_same") != true {
        throw MigrationError.changed(schema: schema, version: version, name: name)
      }
    }
    return migrations.filter { pending.contains($0.version) }
  }

  private func requireOrder(_ migrations: [Migration]) throws(MigrationError) {
    var last = 0
    for migration in migrations {
      guard migration.version > last else {
        throw .notInOrder(schema: schema, version: migration.version)
      }
      last = migration.version
    }
  }

  // MARK: Statements

  /// Taken until the transaction ends: one migrator at a time in this database.
  private func lock(_ transaction: PostgresTransaction) async throws(PostgresError) {
    try await transaction.query(
      "SELECT pg_advisory_xact_lock(hashtextextended('alphintra migrations', 0))")
  }

  private func grants(to role: String, appendOnly tables: [String]) -> String {
    let (role, schema) = (quoted(role), quoted(schema))
    let database = quoted(pool.configuration.database)
    let unchanging = tables.map { ", \(schema).\(quoted($0))" }.joined()
    return """
      ALTER ROLE \(role) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
      REVOKE ALL ON DATABASE \(database) FROM PUBLIC;
      GRANT CONNECT ON DATABASE \(database) TO \(role);
      GRANT USAGE ON SCHEMA \(schema) TO \(role);
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role);
      GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA \(schema) TO \(role);
      ALTER DEFAULT PRIVILEGES IN SCHEMA \(schema)
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role);
      ALTER DEFAULT PRIVILEGES IN SCHEMA \(schema) GRANT SELECT, USAGE ON SEQUENCES TO \(role);
      REVOKE INSERT ON \(table) FROM \(role);
      REVOKE UPDATE, DELETE ON \(table)\(unchanging) FROM \(role)
      """
  }

  private var table: String { "\(quoted(schema)).schema_migrations" }

  private func quoted(_ name: String) -> String { PostgresQuery.quoted(identifier: name) }
}
