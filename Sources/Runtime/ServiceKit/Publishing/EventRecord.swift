public import Events
public import Kafka

/// Events to and from the broker's records.
public enum EventRecord {
  /// The record of an event.
  public static func encode(
    topic: String, key: String, headers: EventHeaders, payload: [UInt8]
  ) -> KafkaRecord {
    KafkaRecord(
      topic: topic, key: Array(key.utf8), value: payload,
      headers: headers.fields.map { KafkaHeader($0.name, $0.value) })
  }

  /// The headers of a record.
  public static func headers(of message: KafkaMessage) throws(EventDecodingError) -> EventHeaders {
    try headers(in: message.headers)
  }

  private static func headers(
    in headers: [KafkaHeader]
  ) throws(EventDecodingError) -> EventHeaders {
    try EventHeaders(fields: headers.compactMap { header in header.text.map { (header.name, $0) } })
  }

  /// The event of a record.
  public static func decode<Event>(
    _ message: KafkaMessage, of topic: Topic<Event>
  ) throws(EventDecodingError) -> EventEnvelope<Event> {
    try decode(key: message.key, headers: message.headers, value: message.value, of: topic)
  }

  /// The event of a record that is given in its parts.
  static func decode<Event>(
    key: [UInt8]?, headers: [KafkaHeader], value: [UInt8]?, of topic: Topic<Event>
  ) throws(EventDecodingError) -> EventEnvelope<Event> {
    let headers = try self.headers(in: headers)
    return EventEnvelope(
      key: text(of: key), headers: headers,
      event: try topic.decode(value ?? [], as: headers.contentType))
  }

  /// The key of a record; "" for none.
  public static func key(of message: KafkaMessage) -> String { text(of: message.key) }

  private static func text(of key: [UInt8]?) -> String {
    String(decoding: key ?? [], as: UTF8.self)
  }
}
