import DevTools
import Postgres

/// The database that all services share, each in a schema of its own.
enum PlatformDatabase {
  /// Makes the database unless it is there.
  static func create(_ name: String, on server: PrivatePostgres) async throws {
    let pool = PostgresPool(
      PostgresConfiguration(
        host: server.socketFolder, port: server.port, database: "postgres",
        user: PrivatePostgres.superuser))
    let found = try await pool.query(
      "-- name: find_database\nSELECT FROM pg_catalog.pg_database WHERE datname = \(name)")
    guard found.isEmpty else { return }
    let quoted = PostgresQuery.quoted(identifier: name)
    try await pool.execute(PostgresQuery(unsafeSQL: "CREATE DATABASE \(quoted)"))
  }

  /// Makes a role that may do anything, with a password, as images of PostgreSQL do; the server's own superuser has none,
  /// and logs in through the socket only.
  static func createOwner(
    _ name: String, password: String?, on server: PrivatePostgres
  ) async throws {
    guard name != PrivatePostgres.superuser else { return }
    let pool = PostgresPool(
      PostgresConfiguration(
        host: server.socketFolder, port: server.port, database: "postgres",
        user: PrivatePostgres.superuser))
    try await pool.transaction { transaction in
      let found = try await transaction.query(
        "-- name: find_role\nSELECT FROM pg_catalog.pg_roles WHERE rolname = \(name)")
      let quoted = PostgresQuery.quoted(identifier: name)
      if found.isEmpty { try await transaction.script("CREATE ROLE \(quoted) SUPERUSER LOGIN") }
      if let password { try await transaction.setPassword(password, of: name) }
    }
  }
}
