public import Core
public import Events
public import Kafka
import Observability
import Protobuf

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
  /// - Returns: one outcome an event.
  public func publish<Event>(
    _ events: [Event], to topic: Topic<Event>
  ) async -> [KafkaProducer.Outcome] {
    let producer: KafkaProducer
    do {
      producer = try await source.producer().producer
    } catch {
      return events.map { _ in .failure(error) }
    }
    let now = clock.now
    return await producer.publish(
      events.map { event in
        let headers = EventHeaders(
          eventID: EventID(UUIDv7.make(now: now)), eventType: Event.messageName, occurredAt: now,
          producer: service, sequence: topic.sequence?(event) ?? 0,
          correlationID: LogContext.correlationID)
        return EventRecord.encode(
          topic: topic.name, key: topic.key(event), headers: headers, payload: topic.encode(event))
      })
  }

  /// Closes, giving events on their way some time.
  public func close(limit: Duration = .seconds(5)) async { await source.close(limit: limit) }
}
