public import Core
import Events
public import Kafka
import Postgres

/// A record that a consumer could not apply, or that waits behind such a one of its key.
public struct DeadLetter: Sendable {
  /// Where it stands, as an operator is told.
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// It was tried and failed; an operator decides.
    case failed
    /// It was not tried: it waits behind a failed one of its key.
    case waiting
    /// An operator has had its key tried again.
    case requeued
  }

  /// Its number in the service's schema; those of a key are in the key's order.
  public let id: Int64
  /// The consumer that could not apply it.
  public let consumer: String
  /// The topic it was read from.
  public let topic: String
  /// The key whose events wait for it; nil for a record without one, for which nothing waits.
  public let key: [UInt8]?
  /// The event's id, or what tells apart a record that shows none.
  public let eventID: String
  /// Where the record was read, and its offset there.
  public let partition: Int32
  /// The record's offset in the partition.
  public let offset: Int64
  /// What travelled beside the payload, as far as it is text.
  public let headers: [KafkaHeader]
  /// The payload as it was; nil for a tombstone.
  public let payload: [UInt8]?
  /// How often it was tried.
  public let attempts: Int
  /// Why it was not applied.
  public let reason: String
  /// When it was put aside.
  public let parkedAt: Instant
  /// When it failed last.
  public let failedAt: Instant?
  /// When an operator had it tried again.
  public let requeuedAt: Instant?

  /// Where it stands.
  public var state: State {
    if requeuedAt != nil { return .requeued }
    return attempts > 0 ? .failed : .waiting
  }

  /// The key as text; "" for none.
  public var keyText: String { String(decoding: key ?? [], as: UTF8.self) }

  /// The columns that ``init(_:)`` reads.
  static let columns: PostgresQuery = """
    id, consumer, topic, key, event_id, partition, record_offset, header_names, header_values,
    payload, attempts, reason, parked_at, failed_at, requeued_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode(Int64.self, "id")
    consumer = try row.decode(String.self, "consumer")
    topic = try row.decode(String.self, "topic")
    key = try row.decode([UInt8]?.self, "key")
    eventID = try row.decode(String.self, "event_id")
    partition = try row.decode(Int32.self, "partition")
    offset = try row.decode(Int64.self, "record_offset")
    let names = try row.decode([String].self, "header_names")
    let values = try row.decode([String].self, "header_values")
    headers = zip(names, values).map { KafkaHeader($0, $1) }
    payload = try row.decode([UInt8]?.self, "payload")
    attempts = try row.decode(Int.self, "attempts")
    reason = try row.decode(String.self, "reason")
    parkedAt = try row.decode(Instant.self, "parked_at")
    failedAt = try row.decode(Instant?.self, "failed_at")
    requeuedAt = try row.decode(Instant?.self, "requeued_at")
  }
}
