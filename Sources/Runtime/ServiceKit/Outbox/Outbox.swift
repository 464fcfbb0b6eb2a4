public import Core
public import Events
public import Postgres
public import Protobuf

/// Where a service's transactions leave the events they cause, until the relay has published them.
///
/// ```swift
/// try await database.transaction { transaction in
///   transaction.send("UPDATE orders SET …")
///   outbox.append(event, to: TradingV1.Topics.orderEvents, id: id, at: now, in: transaction)
/// }
/// outbox.wake()
/// ```
public struct Outbox: Sendable {
  /// The service that publishes, and its schema.
  public let service: String

  /// The outbox of a service.
  public init(service: String) { self.service = service }

  /// Adds an event to what the transaction commits.
  ///
  /// Its key and sequence are read from the event as the topic says; the correlation id is that of
  /// the call at hand. The row travels with the transaction's next statement or its COMMIT.
  ///
  /// - Parameters:
  ///   - id: the event's own id, a UUID.
  ///   - time: when it happened.
  public func append<Event: Message>(
    _ event: Event, to topic: Topic<Event>, id: EventID, at time: Instant,
    in transaction: PostgresTransaction
  ) {
  }

  /// Tells the relay of this process, if one runs, that there are new rows.
  public func wake() {}

  /// What the outbox keeps of a topic.
  public func history<Event: Message>(
    of topic: Topic<Event>, in database: PostgresPool
  ) -> EventHistory<Event> {
    EventHistory { _, _, _, _ in [] }
  }
}

extension Migration {
  /// Makes the tables `outbox` and `inbox` of a service's schema.
  public static func events(version: Int) -> Migration {
    Migration(version: version, name: "create_outbox_and_inbox", sql: "")
  }
}
