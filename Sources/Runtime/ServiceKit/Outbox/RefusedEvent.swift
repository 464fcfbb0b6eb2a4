public import Core
public import Postgres

/// An event that the broker does not take, such as one that is too large: what comes of its key after it waits.
public struct RefusedEvent: Sendable {
  /// Its number in the outbox of the service.
  public let id: Int64
  /// The topic that it is for.
  public let topic: String
  /// The key whose events wait for it.
  public let key: String
  /// The event's id.
  public let eventID: String
  /// The message that it is.
  public let eventType: String
  /// Its place among those of its key.
  public let sequence: Int64
  /// The payload as it would be published.
  public let payload: [UInt8]
  /// How often the broker has refused it.
  public let attempts: Int
  /// What the broker said last.
  public let reason: String
  /// When the event was committed.
  public let createdAt: Instant
  /// When the broker refused it last.
  public let refusedAt: Instant
  /// How many events of its key wait behind it.
  public let waiting: Int

  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode(Int64.self, "id")
    topic = try row.decode(String.self, "topic")
    key = try row.decode(String.self, "key")
    eventID = try row.decode(String.self, "event_id")
    eventType = try row.decode(String.self, "event_type")
    sequence = try row.decode(Int64.self, "sequence")
    payload = try row.decode([UInt8].self, "payload")
    attempts = try row.decode(Int.self, "attempts")
    reason = try row.decode(String.self, "reason")
    createdAt = try row.decode(Instant.self, "created_at")
    refusedAt = try row.decode(Instant.self, "refused_at")
    waiting = try row.decode(Int.self, "waiting")
  }
}

/// What the broker does not take of a service's outbox, for operators: to look at, and to give up.
///
/// The relay tries again by itself: when the broker takes more, or the topic does, nothing else is to be done.
public struct RefusedEvents: Sendable {
  private let database: PostgresPool

  /// The refused events in the schema of a database; see ``Migration/refusedEvents(version:)``.
  public init(_ database: PostgresPool) { self.database = database }

  /// The refused events behind a number, in the outbox's order.
  ///
  /// - Parameter limit: the most that are returned.
  public func list(after id: Int64 = 0, limit: Int) async throws -> [RefusedEvent] {
    try await database.query(
      """
      -- name: list_refused_events
      \(Self.selection) AND outbox.id > \(id) ORDER BY outbox.id LIMIT \(limit)
      """
    ).map { try RefusedEvent($0) }
  }

  /// One of them; nil if there is none of that number.
  public func find(_ id: Int64) async throws -> RefusedEvent? {
    let rows = try await database.query(
      "-- name: find_refused_event\n\(Self.selection) AND outbox.id = \(id)")
    return try rows.first.map { try RefusedEvent($0) }
  }

  /// How many there are.
  public func count() async throws -> Int64 {
    try await database.query(
      """
      -- name: count_refused_events
      SELECT count(*) AS events FROM outbox_refusals JOIN outbox ON outbox.id = outbox_id
      WHERE published_at IS NULL
      """
    ).one().decode(Int64.self, "events")
  }

  /// Gives an event up: it is never published, and what waits behind it is.
  ///
  /// Whoever reads the key finds its sequence missing.
  ///
  /// - Returns: how many wait behind it; nil if there is no refused event of that number.
  public func discard(_ id: Int64) async throws -> Int? {
    try await database.transaction { transaction -> Int? in
      // The relay may be about to publish it after all.
      try await transaction.execute(
        """
        -- name: wait_for_outbox
        SELECT pg_advisory_xact_lock(\(OutboxQueries.lockKey))
        """)
      let rows = try await transaction.query(
        "-- name: refused_event_to_discard\n\(Self.selection) AND outbox.id = \(id)")
      guard let event = try rows.first.map({ try RefusedEvent($0) }) else { return nil }
      transaction.send("-- name: discard_refused_event\nDELETE FROM outbox WHERE id = \(id)")
      return event.waiting
    }
  }

  private static let selection: PostgresQuery = """
    SELECT outbox.id, topic, key, event_id::text AS event_id, event_type, sequence, payload, attempts, reason,
      created_at, refused_at, (
        SELECT count(*) FROM outbox AS behind
        WHERE behind.published_at IS NULL AND behind.topic = outbox.topic AND behind.key = outbox.key
          AND behind.id > outbox.id) AS waiting
    FROM outbox JOIN outbox_refusals ON outbox_id = outbox.id
    WHERE published_at IS NULL
    """
}

extension Migration {
  static let refusedEventsName = "create_outbox_refusals"

  /// Makes the table `outbox_refusals` of a service's schema: which events the broker has refused, and why.
  ///
  /// It says nothing of those that were published since.
  ///
  /// It follows ``events(version:)``. A relay cannot do without.
  public static func refusedEvents(version: Int) -> Migration {
    Migration(
      version: version, name: refusedEventsName,
      sql: """
        CREATE TABLE outbox_refusals (
          outbox_id bigint CONSTRAINT outbox_refusals_pkey PRIMARY KEY
            CONSTRAINT outbox_refusals_outbox REFERENCES outbox (id) ON DELETE CASCADE,
          attempts integer NOT NULL CONSTRAINT outbox_refusals_attempts_check CHECK (attempts >= 1),
          reason text NOT NULL,
          refused_at timestamptz NOT NULL
        )
        """)
  }
}
