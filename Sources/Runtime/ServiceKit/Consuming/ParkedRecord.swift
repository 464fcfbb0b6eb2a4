import Core
import Events
import Kafka
import Postgres

/// A record as the table keeps it.
struct ParkedRecord: Sendable {
  let key: [UInt8]?
  /// The event's id; nil where the record shows none.
  let eventID: String?
  /// The event's id where it is one that an inbox can hold.
  let uuid: String?
  /// What tells the record apart together with its payload: a broker that lost everything gives an
  /// offset again.
  let place: String
  let partition: Int32
  let offset: Int64
  let headerNames: [String]
  let headerValues: [String]
  let payload: [UInt8]?

  init(_ message: KafkaMessage) {
    // A record without a key has no order to keep.
    key = message.key.flatMap { $0.isEmpty ? nil : $0 }
    let texts = message.headers.compactMap { header in
      header.text.flatMap { $0.utf8.contains(0) ? nil : (header.name, $0) }
    }
    let id = texts.last { $0.0 == EventHeaders.Name.eventID }.flatMap {
      try? EventID(validating: $0.1)
    }
    eventID = id?.rawValue
    place = "\(message.topic)[\(message.partition)]@\(message.offset)"
    uuid = id.flatMap { Self.isUUID($0.rawValue) ? $0.rawValue : nil }
    partition = message.partition
    offset = message.offset
    headerNames = texts.map(\.0)
    headerValues = texts.map(\.1)
    payload = message.value
  }

  /// The columns that say what the record is.
  static let columns: PostgresQuery = """
    consumer, topic, key, event_uuid, event_id, partition, record_offset, header_names,
    header_values, payload
    """

  /// Whether a text is a UUID as RFC 9562 section 4 writes it.
  private static func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) && $0.utf8.count == $0.count }
  }
}
