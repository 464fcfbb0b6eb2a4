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
}
