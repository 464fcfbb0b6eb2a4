import ArgumentParser
import Configuration
import Logging
import Postgres
import ProcessKit
import ServiceKit

/// `alphintra migrate`: every service's schema and role, brought up to date.
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the services' schemas and roles up to date.",
    discussion: """
      Works as the database's owner, and may run any number of times, also at once:

        MIGRATE_POSTGRES_HOST, MIGRATE_POSTGRES_PORT       the server, or the folder of its socket
        MIGRATE_POSTGRES_DATABASE                          the database; alphintra
        MIGRATE_POSTGRES_ROLE                              a role that owns it; postgres
        MIGRATE_POSTGRES_PASSWORD_FILE                     its password, where the server asks for one
        MIGRATE_POSTGRES_CA                                the authority of its certificate, which makes TLS verified
        MIGRATE_DATABASE_URL                               all of these in one line

      Each service gets a schema of its name and a role that works with nothing else. The role's \
      name and password are those the service itself is given: TRADING_POSTGRES_ROLE, \
      TRADING_POSTGRES_PASSWORD_FILE, or TRADING_DATABASE_URL. Without a password the role keeps the one it has.
      """)

  func run() async throws {
    try await ProgramStart.run("migrate") { reader, logger in
      let plan = try MigrationPlan(reader, logger: logger)
      let pool = PostgresPool(plan.owner)
      for (service, role) in plan.roles {
        let migrator = Migrator(pool: pool, schema: service.name, logger: logger)
        let applied = try await migrator.migrate(service.migrations)
        try await migrator.grantAccess(to: role, appendOnly: service.appendOnlyTables)
        logger.info(
          "schema is current",
          metadata: [
            "schema": "\(service.name)", "role": "\(role.name)", "applied": "\(applied.count)",
            "version": "\(service.migrations.last?.version ?? 0)",
          ])
      }
    }
  }
}

/// What is to be migrated, as whom.
private struct MigrationPlan {
  let owner: PostgresConfiguration
  let roles: [(service: ServiceDefinition, role: ServiceRole)]

  /// Reads the owner's settings and every service's role.
  ///
  /// - Throws: `ConfigurationError` with every problem there is.
  init(_ reader: ConfigReader, logger: Logger) throws(ConfigurationError) {
    var settings = Settings(reader, service: "migrate")
    let url = settings.databaseURL()
    var owner = PostgresConfiguration(
      host: settings.string("postgres.host", default: url?.host ?? "127.0.0.1"),
      port: settings.integer("postgres.port", in: 1...65_535, default: url?.port ?? 5432),
      database: settings.string("postgres.database", default: url?.database ?? "alphintra"),
      user: settings.string("postgres.role", default: url?.role ?? "postgres"),
      password: settings.has("postgres.password_file")
        ? settings.secret("postgres.password") : url?.password)
    if settings.has("postgres.ca") {
      owner.encryption = .verified(authorityFile: settings.file("postgres.ca"))
    }
    owner.applicationName = "alphintra migrate"
    owner.limits = Migrator.limits()
    owner.logger = logger
    var problems = Self.problems { () throws(ConfigurationError) in try settings.finish() }
    var roles: [(ServiceDefinition, ServiceRole)] = []
    for service in ServiceCatalog.all {
      var settings = Settings(reader, service: service.name)
      let url = settings.databaseURL()
      let role = ServiceRole(
        name: settings.string("postgres.role", default: url?.role ?? service.name),
        password: settings.has("postgres.password_file")
          ? settings.secret("postgres.password") : url?.password)
      roles.append((service, role))
      problems += Self.problems { () throws(ConfigurationError) in try settings.finish() }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    self.owner = owner
    self.roles = roles
  }

  private static func problems(
    _ check: () throws(ConfigurationError) -> Void
  ) -> [ConfigurationError.Problem] {
    do {
      try check()
      return []
    } catch {
      return error.problems
    }
  }
}
