public import Core
public import Events
public import Postgres
import ProcessKit
public import Protobuf

/// Where a service's transactions leave the events they cause, until the relay has published them.
///
/// ```swift
/// try await database.transaction { transaction in
///   transaction.send("UPDATE orders SET …")
///   outbox.append(event, to: TradingV1.Topics.orderEvents, id: id, at: now, in: transaction)
/// }
/// ```
///
/// A transaction first locks the row of the aggregate that is the event's key (an `UPDATE` of it, or
/// `SELECT … FOR UPDATE`) and draws the event's sequence under that lock. Rows of one key are then
/// added in the order in which they are committed, which is what the relay relies on.
public struct Outbox: Sendable {
  /// The service that publishes, and its schema.
  public let service: String
  /// What a commit raises and the relay of this process, if one runs, waits for.
  let signal = WakeSignal()

  /// The outbox of a service.
  public init(service: String) { self.service = service }

  /// Adds an event to what the transaction commits.
  ///
  /// Its key and sequence are read from the event as the topic says; the correlation id and the span
  /// are those of the call at hand. The row travels with the transaction's next statement or its
  /// COMMIT.
  ///
  /// - Parameters:
  ///   - id: the event's own id, a UUID.
  ///   - time: when it happened.
  public func append<Event: Message>(
    _ event: Event, to topic: Topic<Event>, id: EventID, at time: Instant,
    in transaction: PostgresTransaction
  ) {
    append([OutboxEntry(event, to: topic, id: id, at: time)], in: transaction)
  }

  /// Adds events to what the transaction commits, in their order; the commit tells the relay of this process of them.
  public func append(_ entries: [OutboxEntry], in transaction: PostgresTransaction) {
    guard !entries.isEmpty else { return }
    transaction.send(
      """
      -- name: append_events
      INSERT INTO outbox (
        event_id, topic, key, sequence, event_type, payload, content_type, correlation_id,
        traceparent, occurred_at)
      SELECT * FROM unnest(
        \(entries.map(\.id))::uuid[], \(entries.map(\.topic))::text[],
        \(entries.map(\.key))::text[], \(entries.map(\.sequence)),
        \(entries.map(\.eventType))::text[], \(entries.map(\.payload)),
        \(entries.map(\.contentType.rawValue))::text[], \(entries.map(\.correlationID))::text[],
        \(entries.map(\.traceparent))::text[], \(entries.map(\.time)))
      """)
    transaction.onCommit { [signal] in signal.raise() }
  }

  /// What the outbox keeps of a topic.
  public func history<Event: Message>(
    of topic: Topic<Event>, in database: PostgresPool
  ) -> EventHistory<Event> {
    EventHistory { [service] key, after, before, limit in
      let rows =
        if let before {
          try await database.query(
            """
            -- name: events_between
            SELECT event_id, event_type, sequence, payload, content_type, correlation_id,
              traceparent, occurred_at
            FROM outbox
            WHERE topic = \(topic.name) AND key = \(key) AND sequence > 0
              AND sequence > \(after) AND sequence < \(before)
            ORDER BY sequence LIMIT \(limit)
            """)
        } else {
          try await database.query(
            """
            -- name: published_events_after
            SELECT event_id, event_type, sequence, payload, content_type, correlation_id,
              traceparent, occurred_at
            FROM outbox
            WHERE topic = \(topic.name) AND key = \(key) AND sequence > 0
              AND sequence > \(after) AND published_at IS NOT NULL
            ORDER BY sequence LIMIT \(limit)
            """)
        }
      return try rows.map { row in
        let headers = try EventHeaders(row: row, producer: service)
        let payload = try row.decode([UInt8].self, "payload")
        return EventEnvelope(
          key: key, headers: headers,
          event: try topic.decode(payload, as: headers.contentType))
      }
    }
  }
}

extension EventHeaders {
  /// The headers of a row of an outbox.
  init(row: PostgresRow, producer: String) throws {
    let contentType = try row.decode(String.self, "content_type")
    guard let contentType = EventContentType(rawValue: contentType) else {
      throw EventDecodingError.unsupportedContentType(contentType)
    }
    self.init(
      eventID: try row.decode(EventID.self, "event_id"),
      eventType: try row.decode(String.self, "event_type"),
      occurredAt: try row.decode(Instant.self, "occurred_at"), producer: producer,
      sequence: try row.decode(Int64.self, "sequence"),
      correlationID: try row.decode(String?.self, "correlation_id"),
      traceparent: try row.decode(String?.self, "traceparent"), contentType: contentType)
  }
}
