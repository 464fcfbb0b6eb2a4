public import DevTools
public import Postgres
import Synchronization

/// A database of one test's own, empty, on the server that the tests share.
///
/// The database is dropped when nobody holds it any more.
public final class TestDatabase: Sendable {
  private static let administration = Task {
    PostgresPool(configuration(of: try await PostgresServer.shared(), database: "postgres"))
  }
  private static let count = Atomic(0)

  /// How the superuser reaches the database, through the socket.
  public let configuration: PostgresConfiguration
  /// The superuser's pool.
  public let pool: PostgresPool

  private init(configuration: PostgresConfiguration) {
    self.configuration = configuration
    pool = PostgresPool(configuration)
  }

  deinit {
    let (name, pool) = (configuration.database, pool)
    Task {
      await pool.close()
      let drop = "DROP DATABASE \(PostgresQuery.quoted(identifier: name)) WITH (FORCE)"
      _ = try? await Self.administration.value.execute(PostgresQuery(unsafeSQL: drop))
    }
  }

  /// Makes a database.
  public static func make() async throws -> TestDatabase {
    let number = count.add(1, ordering: .relaxed).newValue
    let name = "test_\(number)"
    // The server's socket is not synchronized to disk, so copying the template's files is quickest.
    let create = "CREATE DATABASE \(name) TEMPLATE template0 STRATEGY file_copy"
    try await administration.value.execute(PostgresQuery(unsafeSQL: create))
    let server = try await PostgresServer.shared()
    return TestDatabase(configuration: configuration(of: server, database: name))
  }

  /// How the superuser reaches a database of a server.
  public static func configuration(
    of server: PrivatePostgres, database: String = "postgres"
  ) -> PostgresConfiguration {
    PostgresConfiguration(
      host: server.socketFolder, port: server.port, database: database,
      user: PrivatePostgres.superuser)
  }

  /// The configuration of a role with a password, through TCP as a service uses it.
  public func configuration(
    user: String, password: String, schema: String? = nil
  ) async throws -> PostgresConfiguration {
    let server = try await PostgresServer.shared()
    return PostgresConfiguration(
      host: server.host, port: server.port, database: configuration.database, user: user,
      password: password, schema: schema)
  }
}
