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
    try EventHeaders(
      fields: message.headers.compactMap { header in header.text.map { (header.name, $0) } })
  }

  /// The event of a record.
  public static func decode<Event>(
    _ message: KafkaMessage, of topic: Topic<Event>
  ) throws(EventDecodingError) -> EventEnvelope<Event> {
    let headers = try headers(of: message)
    return EventEnvelope(
      key: key(of: message), headers: headers,
      event: try topic.decode(message.value ?? [], as: headers.contentType))
  }

  /// The key of a record; "" for none.
  public static func key(of message: KafkaMessage) -> String {
    String(decoding: message.key ?? [], as: UTF8.self)
  }
}
