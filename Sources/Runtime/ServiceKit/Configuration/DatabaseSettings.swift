public import Logging
public import Postgres
public import ProcessKit

extension ServiceConfiguration {
  /// The service's schema and role.
  public struct PostgresConfiguration: Sendable {
    /// A host, or the folder of the server's socket: `postgres.host`, or that of `database.url`, as are the
    /// next four.
    public var host: String
    /// The port, which also names the socket: `postgres.port`.
    public var port: Int
    /// The database: `postgres.database`.
    public var database: String
    /// The role, by default the service's name: `postgres.role`.
    public var role: String
    /// The role's password, from the file `postgres.password_file` names; nil without one.
    public var password: String?
    /// PEM, the authority of the server's certificate: `postgres.ca`; nil without encryption, as on
    /// this machine and in a cluster of development.
    public var authorityPath: String?
    /// The most connections of one process: `postgres.connections`.
    public var connectionsLimit: Int

    /// Reads the settings, and notes what is wrong with them.
    public init(_ settings: inout Settings, service: String) {
      let url = settings.databaseURL()
      host = settings.string("postgres.host", default: url?.host ?? "127.0.0.1")
      port = settings.integer("postgres.port", in: 1...65_535, default: url?.port ?? 5432)
      database = settings.string("postgres.database", default: url?.database ?? "alphintra")
      role = settings.string("postgres.role", default: url?.role ?? service)
      password =
        settings.has("postgres.password_file")
        ? settings.secret("postgres.password") : url?.password
      authorityPath = settings.has("postgres.ca") ? settings.file("postgres.ca") : nil
      connectionsLimit = settings.integer("postgres.connections", in: 1...1_000, default: 8)
    }

    /// How the service's role reaches the service's schema.
    public func connection(to service: String, logger: Logger) -> Postgres.PostgresConfiguration {
      var connection = Postgres.PostgresConfiguration(
        host: host, port: port, database: database, user: role, password: password,
        schema: service)
      connection.applicationName = "alphintra-\(service)"
      connection.limits.maxConnections = connectionsLimit
      if let authorityPath { connection.encryption = .verified(authorityFile: authorityPath) }
      connection.logger = logger
      return connection
    }
  }
}
