import Postgres

/// How the instances of a consumer share the partitions of its topic: by locks of the service's database.
///
/// An instance that dies gives its partitions back at once, for the server sees its session end; one whose host
/// vanishes does when nothing is heard of it for ``timeout``. Two that read a partition at the same time do no harm,
/// for each event is admitted by the ``Inbox``: the locks are there so that it happens seldom.
///
/// - Note: Advisory locks of a transaction: sections 9.27.10 and 13.3.5 of PostgreSQL's manual.
struct PartitionLeases: Sendable {
  /// The consumer's name, the same for all its instances.
  let consumer: String
  /// How long the server keeps the locks of an instance it hears nothing of.
  let timeout: Duration
  /// How soon partitions are taken over that another instance gives back: well within the timeout.
  let renewal: Duration
  /// With one connection, that of the locks.
  private let database: PostgresPool

  /// - Parameter database: says where the consumer's tables are.
  init(
    consumer: String, timeout: Duration, renewal: Duration = .milliseconds(500),
    database: PostgresConfiguration
  ) {
    self.consumer = consumer
    self.timeout = timeout
    self.renewal = min(renewal, timeout / 4)
    var configuration = database
    configuration.limits.maxConnections = 1
    configuration.limits.idleInTransactionTimeout = timeout
    self.database = PostgresPool(configuration)
  }

  /// Takes part in sharing until the body returns, and gives back then what it holds.
  ///
  /// - Throws: the body's error, or a `PostgresError` when the database is away; the partitions are given back then too.
  func hold(_ body: (PartitionLease) async throws -> Void) async throws {
    try await database.transaction { transaction in
      try await body(PartitionLease(consumer: consumer, renewal: renewal, transaction: transaction))
    }
  }

  /// Closes the connection.
  func close() async { await database.close() }
}
