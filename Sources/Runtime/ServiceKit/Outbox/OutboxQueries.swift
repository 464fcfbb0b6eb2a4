import Core
import Events
import Kafka
import Postgres

/// A row of the outbox on its way to the broker.
struct OutboxRow: Sendable {
  let id: Int64
  let topic: String
  let key: String
  let headers: EventHeaders
  let payload: [UInt8]

  init(_ row: PostgresRow, producer: String) throws {
    id = try row.decode(Int64.self, "id")
    topic = try row.decode(String.self, "topic")
    key = try row.decode(String.self, "key")
    headers = try EventHeaders(row: row, producer: producer)
    payload = try row.decode([UInt8].self, "payload")
  }

  var aggregate: OutboxAggregate { OutboxAggregate(topic: topic, key: key) }

  var record: KafkaRecord {
    EventRecord.encode(topic: topic, key: key, headers: headers, payload: payload)
  }
}

/// What has an order of events: a key of a topic.
struct OutboxAggregate: Sendable, Hashable {
  let topic: String
  let key: String
}

/// A topic whose records are being published again: rows after one id, until another.
struct OutboxRefill: Sendable {
  let topic: String
  let afterID: Int64
  let untilID: Int64
}

/// What a relay's transactions ask and tell the database.
struct OutboxQueries {
  let service: String
  let transaction: PostgresTransaction

  /// Becomes the only relay of the service until the transaction ends; false if another one works.
  ///
  /// - Returns: what the broker has acknowledged, and what is being refilled.
  func begin() async throws -> (positions: [KafkaPartition: Int64], refills: [OutboxRefill])? {
    let results = try await transaction.pipeline([
      """
      -- name: lock_outbox
      SELECT pg_try_advisory_xact_lock(\(Self.lockKey)) AS is_locked
      """,
      "-- name: outbox_positions\nSELECT topic, partition, next_offset FROM outbox_positions",
      """
      -- name: outbox_refills
      SELECT topic, after_id, until_id FROM outbox_refills ORDER BY started_at, topic
      """,
    ])
    guard try results[0].one().decode(Bool.self, "is_locked") else { return nil }
    var positions: [KafkaPartition: Int64] = [:]
    for row in results[1] {
      let partition = KafkaPartition(
        topic: try row.decode(String.self, "topic"),
        partition: try row.decode(Int32.self, "partition"))
      positions[partition] = try row.decode(Int64.self, "next_offset")
    }
    let refills = try results[2].map { row in
      OutboxRefill(
        topic: try row.decode(String.self, "topic"),
        afterID: try row.decode(Int64.self, "after_id"),
        untilID: try row.decode(Int64.self, "until_id"))
    }
    return (positions, refills)
  }

  /// The next rows that were never published.
  ///
  /// Rows are found by what they are and not by a position: transactions commit in another order
  /// than that of their rows' ids.
  func unpublished(
    of topics: [String], without blocked: [OutboxAggregate], limit: Int
  ) async throws -> [OutboxRow] {
    guard !topics.isEmpty else { return [] }
    return try await transaction.query(
      """
      -- name: unpublished_events
      SELECT id, event_id, topic, key, sequence, event_type, payload, content_type,
        correlation_id, traceparent, occurred_at
      FROM outbox
      WHERE published_at IS NULL AND topic = ANY (\(topics)::text[])
        AND NOT EXISTS (
          SELECT FROM unnest(\(blocked.map(\.topic))::text[], \(blocked.map(\.key))::text[])
            AS blocked (topic, key)
          WHERE blocked.topic = outbox.topic AND blocked.key = outbox.key)
      ORDER BY id LIMIT \(limit)
      """
    ).map { try OutboxRow($0, producer: service) }
  }

  /// The next rows of a refill that are not older than the topic keeps them.
  func published(
    again refill: OutboxRefill, since: Instant, limit: Int
  ) async throws -> [OutboxRow] {
    try await transaction.query(
      """
      -- name: events_to_publish_again
      SELECT id, event_id, topic, key, sequence, event_type, payload, content_type,
        correlation_id, traceparent, occurred_at
      FROM outbox
      WHERE topic = \(refill.topic) AND id > \(refill.afterID) AND id <= \(refill.untilID)
        AND published_at IS NOT NULL AND created_at >= \(since)
      ORDER BY id LIMIT \(limit)
      """
    ).map { try OutboxRow($0, producer: service) }
  }

  /// What the lock of the only relay of a schema is called.
  static let lockKey: PostgresQuery = "hashtextextended('alphintra outbox ' || current_schema(), 0)"

  // MARK: - Sent with COMMIT

  /// Marks rows as published.
  func mark(_ ids: [Int64]) {
    transaction.planByKey()
    transaction.send(
      """
      -- name: mark_events_published
      UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY (\(ids))
      """)
  }

  /// Has the rows of a key published anew, from one on.
  func unpublish(_ aggregate: OutboxAggregate, from id: Int64) {
    transaction.send(
      """
      -- name: unpublish_events_of_key
      UPDATE outbox SET published_at = NULL
      WHERE topic = \(aggregate.topic) AND key = \(aggregate.key) AND id >= \(id)
        AND published_at IS NOT NULL
      """)
  }

  /// Writes down that the broker has refused a row, for operators.
  func refuse(_ id: Int64, because reason: String) {
    transaction.send(
      """
      -- name: note_refused_event
      INSERT INTO outbox_refusals (outbox_id, attempts, reason, refused_at)
      VALUES (\(id), 1, \(reason), clock_timestamp())
      ON CONFLICT ON CONSTRAINT outbox_refusals_pkey DO UPDATE
      SET attempts = outbox_refusals.attempts + 1, reason = excluded.reason,
        refused_at = excluded.refused_at
      """)
  }

  /// Remembers how far the broker has acknowledged partitions.
  func store(_ positions: [KafkaPartition: Int64]) {
    let positions = positions.sorted {
      ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition)
    }
    transaction.send(
      """
      -- name: store_outbox_positions
      INSERT INTO outbox_positions (topic, partition, next_offset)
      SELECT * FROM unnest(
        \(positions.map(\.key.topic))::text[], \(positions.map(\.key.partition)),
        \(positions.map(\.value)))
      ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset
      """)
  }

  /// Has all that was published to a topic published again, from the first row on.
  func beginRefill(of topic: String) {
    transaction.send(
      "-- name: forget_outbox_positions\nDELETE FROM outbox_positions WHERE topic = \(topic)")
    transaction.send(
      """
      -- name: begin_outbox_refill
      INSERT INTO outbox_refills (topic, after_id, until_id)
      SELECT topic, 0, max(id) FROM outbox
      WHERE topic = \(topic) AND published_at IS NOT NULL GROUP BY topic
      ON CONFLICT (topic) DO UPDATE SET after_id = 0, until_id = excluded.until_id
      """)
  }

  /// Remembers how far a refill is.
  func advance(_ refill: OutboxRefill, to id: Int64) {
    transaction.send(
      """
      -- name: advance_outbox_refill
      UPDATE outbox_refills SET after_id = \(id) WHERE topic = \(refill.topic)
      """)
  }

  /// Ends a refill.
  func end(_ refill: OutboxRefill) {
    transaction.send(
      "-- name: end_outbox_refill\nDELETE FROM outbox_refills WHERE topic = \(refill.topic)")
  }
}
