public import Core
public import Events
public import Kafka
import Observability
import Protobuf
import RPC

/// Publishes events straight to the broker, without an outbox.
///
/// Only for events whose truth is elsewhere and can be published again from there, such as ticks:
/// what the broker does not acknowledge is lost to the topic. Everything else goes through
/// ``Outbox``.
public final class EventPublisher: Sendable {
  private let source: ProducerSource
  private let service: String
  private let clock: any Core.Clock

  /// A publisher for a service.
  ///
  /// - Parameter deliveryTimeout: how long an event waits for its acknowledgement.
  public init(
    service: String, connection: KafkaConnection, clock: any Core.Clock,
    deliveryTimeout: Duration = .seconds(10)
  ) {
    var limits = KafkaProducer.Configuration()
    limits.deliveryTimeout = deliveryTimeout
    source = ProducerSource(connection, limits)
    self.service = service
    self.clock = clock
  }

  /// Publishes events in their order, and waits until each is acknowledged or has failed.
  ///
  /// Each call gives an event a new id; events that may have to be published again bring theirs
  /// along in an envelope.
  ///
  /// - Returns: one outcome an event.
  public func publish<Event>(
    _ events: [Event], to topic: Topic<Event>
  ) async -> [KafkaProducer.Outcome] {
    let now = clock.now
    return await publish(
      events.map { event in
        let headers = EventHeaders(
          eventID: EventID(UUIDv7.make(now: now)), eventType: Event.messageName, occurredAt: now,
          producer: service, sequence: topic.sequence?(event) ?? 0,
          correlationID: LogContext.correlationID,
          traceparent: ActiveSpan.ambient?.context.traceparent)
        return EventEnvelope(key: topic.key(event), headers: headers, event: event)
      }, to: topic)
  }

  /// Publishes events under the keys and headers they have, in their order, and waits until each is
  /// acknowledged or has failed.
  ///
  /// An event that is published again must have the id it had: consumers take each id once.
  ///
  /// - Returns: one outcome an event.
  public func publish<Event>(
    _ events: [EventEnvelope<Event>], to topic: Topic<Event>
  ) async -> [KafkaProducer.Outcome] {
    let producer: KafkaProducer
    do {
      producer = try await source.producer().producer
    } catch {
      return events.map { _ in .failure(error) }
    }
    return await producer.publish(
      events.map { event in
        EventRecord.encode(
          topic: topic.name, key: event.key, headers: event.headers,
          payload: topic.encode(event.event))
      })
  }

  /// Closes, giving events on their way some time.
  public func close(limit: Duration = .seconds(5)) async { await source.close(limit: limit) }
}
