public import Core
public import Events
import Observability
public import Protobuf
import RPC

/// An event as the outbox keeps it.
public struct OutboxEntry: Sendable {
  let id: EventID
  let topic: String
  let key: String
  let sequence: Int64
  let eventType: String
  let payload: [UInt8]
  let contentType = EventContentType.json
  let correlationID: String?
  let traceparent: String?
  let time: Instant

  /// Encodes an event.
  ///
  /// Its key and sequence are read from the event as the topic says; the correlation id and the span
  /// are those of the work at hand.
  ///
  /// - Parameters:
  ///   - id: the event's own id, a UUID.
  ///   - time: when it happened.
  public init<Event: Message>(
    _ event: Event, to topic: Topic<Event>, id: EventID, at time: Instant
  ) {
    self.id = id
    self.topic = topic.name
    self.time = time
    key = topic.key(event)
    sequence = topic.sequence?(event) ?? 0
    eventType = Event.messageName
    payload = topic.encode(event, as: contentType)
    correlationID = LogContext.correlationID ?? ServerContext.current?.correlationID
    traceparent = EventSpan.created(Event.messageName, id, for: topic.specification)
  }
}
