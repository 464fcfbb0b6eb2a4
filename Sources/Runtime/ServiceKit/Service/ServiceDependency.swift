public import Postgres

/// Something a service cannot do without: while it is away the service says that it does not serve.
///
/// Only what no call of the service can do without belongs here. One that others can do without would
/// spread its failure instead of containing it.
public struct ServiceDependency: Sendable {
  /// What it is called in the log.
  public let name: String
  /// Finds out whether it is there; throws if it is not.
  let check: @Sendable () async throws -> Void

  /// Names a dependency and how to find out whether it is there.
  public init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
    self.name = name
    self.check = check
  }

  /// The service's database: it answers a query.
  public static func database(_ pool: PostgresPool) -> ServiceDependency {
    ServiceDependency("database") { _ = try await pool.query("SELECT 1") }
  }
}
