import Core
import Events
import Kafka
import Postgres

/// The events of a consumer that were put aside, each key's in its order: nothing of a key is applied
/// while an earlier event of it is here.
struct ParkedEvents: Sendable {
  let consumer: String
  let topic: String

  var inbox: Inbox { Inbox(consumer: consumer) }

  // MARK: - Reading the topic

  /// What is to be done with an event.
  enum Admission: Sendable, Hashable {
    /// The transaction applies it, and has written that down in the inbox.
    case apply
    /// Its effects are there already.
    case applied
    /// An earlier event of its key is here.
    case parked
  }

  /// Asks for events of keys, in the transaction that is to apply them.
  ///
  /// Of those with the same id the first is applied. The inbox is written in the order of the ids: two instances that
  /// read the same partitions for a moment, in whatever order, cannot each wait for the other. The transaction finds
  /// rows by their keys from here on (`PostgresTransaction.planByKey()`).
  ///
  /// - Returns: an answer for each, in their order.
  func admit(
    _ events: [(id: EventID, key: [UInt8]?)], in transaction: PostgresTransaction
  ) async throws -> [Admission] {
    transaction.planByKey()
    let rows = try await transaction.query(
      """
      -- name: admit_events_of_keys
      WITH event AS MATERIALIZED (
        SELECT place, id, EXISTS (
          SELECT FROM dead_letters
          WHERE consumer = \(consumer) AND topic = \(topic) AND dead_letters.key = given.key
        ) AS is_parked
        FROM unnest(\(events.map(\.id))::uuid[], \(events.map(\.key)))
          WITH ORDINALITY AS given (id, key, place)
      ), admitted AS (
        INSERT INTO inbox (consumer, event_id)
        SELECT \(consumer)::text, id FROM event WHERE NOT is_parked ORDER BY id
        ON CONFLICT ON CONSTRAINT inbox_pkey DO NOTHING RETURNING event_id
      )
      SELECT is_parked, id::text AS id, id IN (SELECT event_id FROM admitted) AS is_admitted
      FROM event ORDER BY place
      """)
    var admitted: Set<String> = []
    return try rows.map { row in
      if try row.decode(Bool.self, "is_parked") { return .parked }
      guard try row.decode(Bool.self, "is_admitted") else { return .applied }
      return admitted.insert(try row.decode(String.self, "id")).inserted ? .apply : .applied
    }
  }

  /// Puts a record behind those of its key that are here.
  ///
  /// It is tried again together with them, when that has been asked for meanwhile.
  ///
  /// - Returns: false if there are none any more, so that it can be applied.
  func park(behind record: ParkedRecord, in database: PostgresPool) async throws -> Bool {
    let row = try await database.query(
      """
      -- name: park_event_behind
      WITH head AS (
        SELECT id, requeued_at FROM dead_letters
        WHERE consumer = \(consumer) AND topic = \(topic) AND key = \(record.key)
        ORDER BY id LIMIT 1 FOR UPDATE
      ), parked AS (
        INSERT INTO dead_letters (\(ParkedRecord.columns), attempts, reason, requeued_at)
        SELECT \(values(of: record)), 0, 'waits behind ' || head.id, head.requeued_at
        FROM head
        WHERE NOT EXISTS (
          SELECT FROM inbox
          WHERE inbox.consumer = \(consumer) AND inbox.event_id = \(record.uuid)::uuid)
        ON CONFLICT ON CONSTRAINT dead_letters_event_key DO NOTHING
      )
      SELECT EXISTS (SELECT FROM head) AS is_parked
      """
    ).one()
    return try row.decode(Bool.self, "is_parked")
  }

  /// Puts a record aside that has failed, unless its effects are there.
  func park(
    failed record: ParkedRecord, attempts: Int, because reason: String, in database: PostgresPool
  ) async throws {
    try await database.execute(
      """
      -- name: park_failed_event
      INSERT INTO dead_letters (\(ParkedRecord.columns), attempts, reason, failed_at)
      SELECT \(values(of: record)), \(Int32(clamping: attempts)), \(reason.withoutNULs)::text,
        clock_timestamp()
      WHERE NOT EXISTS (
        SELECT FROM inbox
        WHERE inbox.consumer = \(consumer) AND inbox.event_id = \(record.uuid)::uuid)
      ON CONFLICT ON CONSTRAINT dead_letters_event_key DO UPDATE
      SET attempts = dead_letters.attempts + excluded.attempts, reason = excluded.reason,
        failed_at = excluded.failed_at
      """)
  }

  /// The values of ``ParkedRecord/columns``.
  private func values(of record: ParkedRecord) -> PostgresQuery {
    """
    \(consumer)::text, \(topic)::text, \(record.key), \(record.uuid)::uuid,
    coalesce(\(record.eventID)::text,
      \(record.place)::text || ' ' || md5(coalesce(\(record.payload), ''::bytea))),
    \(record.partition), \(record.offset), \(record.headerNames)::text[],
    \(record.headerValues)::text[], \(record.payload)
    """
  }

  // MARK: - Trying again

  /// The first requeued one of each key.
  func requeued(in database: PostgresPool) async throws -> [Int64] {
    try await database.query(
      """
      -- name: requeued_dead_letters
      SELECT min(id) AS id FROM dead_letters
      WHERE consumer = \(consumer) AND topic = \(topic) AND requeued_at IS NOT NULL
      GROUP BY key, CASE WHEN key IS NULL THEN id END
      ORDER BY 1 LIMIT \(Self.requeueLimit)
      """
    ).map { try $0.decode(Int64.self, "id") }
  }

  /// One that is to be tried again; nil if that has been done meanwhile.
  func find(_ id: Int64, in database: PostgresPool) async throws -> DeadLetter? {
    let rows = try await database.query(
      """
      -- name: requeued_dead_letter
      SELECT \(DeadLetter.columns) FROM dead_letters WHERE id = \(id) AND requeued_at IS NOT NULL
      """)
    return try rows.first.map { try DeadLetter($0) }
  }

  /// Locks one that is to be tried again.
  ///
  /// - Returns: false if another instance has it in hand, or has done it.
  func lock(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
    try await !transaction.query(
      """
      -- name: lock_dead_letter
      SELECT FROM dead_letters WHERE id = \(id) AND requeued_at IS NOT NULL FOR UPDATE SKIP LOCKED
      """
    ).isEmpty
  }

  /// Takes one away whose effects are there.
  func remove(_ id: Int64, in transaction: PostgresTransaction) {
    transaction.send("-- name: remove_dead_letter\nDELETE FROM dead_letters WHERE id = \(id)")
  }

  /// Leaves one where it is, and its key with it: it has failed again.
  func fail(
    _ letter: DeadLetter, because reason: String, in database: PostgresPool
  ) async throws {
    try await database.transaction { transaction in
      transaction.send(
        """
        -- name: fail_dead_letter
        UPDATE dead_letters
        SET attempts = attempts + 1, reason = \(reason.withoutNULs)::text,
          failed_at = clock_timestamp(), requeued_at = NULL
        WHERE id = \(letter.id)
        """)
      transaction.send(
        """
        -- name: park_dead_letters_of_key
        UPDATE dead_letters SET requeued_at = NULL
        WHERE consumer = \(consumer) AND topic = \(topic) AND key = \(letter.key)
        """)
    }
  }

  /// The most keys that are tried again in one round.
  private static let requeueLimit: Int64 = 100
}

extension String {
  /// PostgreSQL's text holds every character but U+0000.
  fileprivate var withoutNULs: String { filter { $0 != "\0" } }
}
