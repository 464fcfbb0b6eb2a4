public import DevTools
public import Postgres
import Synchronization

/// A database of one test's own, empty, on the server that the tests share.
///
/// The database is dropped when nobody holds its configuration any more, or a pool made with it.
public struct TestDatabase: Sendable {
  private static let administration = Task {
    PostgresPool(configuration(of: try await PostgresServer.shared(), database: "postgres"))
  }
  private static let count = Atomic(0)
  /// What is overdue in a deployment is not so here.
  ///
  /// A dozen suites and their services share this server and two cores. Tests of a limit set it themselves.
  private static let patientLimits: PostgresConfiguration.Limits = {
    var limits = PostgresConfiguration.Limits()
    limits.acquireTimeout = .seconds(60)
    limits.connectTimeout = .seconds(60)
    limits.statementTimeout = .seconds(60)
    return limits
  }()

  /// How the superuser reaches the database, through the socket.
  public let configuration: PostgresConfiguration
  /// The superuser's pool.
  public let pool: PostgresPool

  private init(configuration: PostgresConfiguration) {
    self.configuration = configuration
    pool = PostgresPool(configuration)
  }

  /// Makes a database.
  public static func make() async throws -> TestDatabase {
    let number = count.add(1, ordering: .relaxed).newValue
    let name = "test_\(number)"
    // Nothing is synchronized to disk on this server, so copying the template's files is quickest.
    let create = "CREATE DATABASE \(name) TEMPLATE template0 STRATEGY file_copy"
    try await administration.value.execute(PostgresQuery(unsafeSQL: create))
    let server = try await PostgresServer.shared()
    var configuration = configuration(of: server, database: name)
    configuration.limits = patientLimits
    configuration.observer = Keeper(name: name, administration: try await administration.value)
    return TestDatabase(configuration: configuration)
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
    var role = PostgresConfiguration(
      host: server.host, port: server.port, database: configuration.database, user: user,
      password: password, schema: schema)
    role.limits = configuration.limits
    role.observer = configuration.observer
    return role
  }

  /// Lives as long as any copy of the configuration, then drops the database.
  private final class Keeper: PostgresObserver {
    private let name: String
    private let administration: PostgresPool

    init(name: String, administration: PostgresPool) {
      self.name = name
      self.administration = administration
    }

    deinit {
      let drop = PostgresQuery(unsafeSQL: "DROP DATABASE \(name) WITH (FORCE)")
      Task { [administration] in try await administration.execute(drop) }
    }

    func statementEnded(name: String, duration: Duration, error: PostgresError?) {}
  }
}
