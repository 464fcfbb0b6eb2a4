import Core
import Events
import Kafka
import Logging
import Postgres
import Protobuf
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// A service's schema with an outbox, and a row per key whose lock orders the key's events.
struct OutboxFixture: Sendable {
  let database: TestDatabase
  let pool: PostgresPool
  let outbox = Outbox(service: "test")

  init() async throws {
    database = try await TestDatabase.make()
    let migrator = Migrator(pool: database.pool, schema: "test", logger: .quiet)
    try await migrator.migrate([
      .events(version: 1),
      Migration(
        version: 2, name: "create_aggregates",
        sql: "CREATE TABLE aggregates (key text PRIMARY KEY, sequence bigint NOT NULL)"),
      .eventTraces(version: 3), .deadLetters(version: 4), .refusedEvents(version: 5),
    ])
    var configuration = database.configuration
    configuration.schema = "test"
    pool = PostgresPool(configuration)
  }

  /// Locks the aggregate `k<number>`, draws the next sequence and appends its event.
  @discardableResult
  func append(
    _ number: Int32, payloadBytes: Int = 0, in transaction: PostgresTransaction
  ) async throws -> EventID {
    let sequence = try await transaction.query(
      """
      INSERT INTO aggregates VALUES (\("k\(number)"), 1)
      ON CONFLICT (key) DO UPDATE SET sequence = aggregates.sequence + 1 RETURNING sequence
      """
    ).one().decode(Int64.self, "sequence")
    let id = EventID(UUIDv7.make(now: SystemClock().now))
    outbox.append(
      Tick(seconds: sequence, nanos: number), to: ticks, id: id, at: SystemClock().now,
      in: transaction)
    return id
  }

  /// Commits `count` events of the key `k<number>`, each in a transaction of its own.
  @discardableResult
  func commit(_ number: Int32, count: Int = 1) async throws -> [EventID] {
    var ids: [EventID] = []
    for _ in 0..<count {
      ids.append(try await pool.transaction { try await append(number, in: $0) })
    }
    return ids
  }

  /// How many rows wait to be published.
  func unpublished() async throws -> Int {
    try await pool.query("SELECT count(*) AS n FROM outbox WHERE published_at IS NULL").one()
      .decode(Int.self, "n")
  }
}
