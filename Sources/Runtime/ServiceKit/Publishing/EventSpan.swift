import Core
import Events
import Observability
import RPC

/// The spans of an event's way, by OpenTelemetry's semantic conventions for messaging.
enum EventSpan {
  /// Records that the work at hand makes an event.
  ///
  /// It is over at once: the row is part of the transaction, and what publishes it later works for many.
  ///
  /// - Returns: the `traceparent` of the event: who takes it follows from that span, or, where nothing is
  ///   recorded, from the work at hand. Nil where there is none.
  static func created(_ type: String, _ id: EventID, for topic: TopicSpecification) -> String? {
    guard let active = ActiveSpan.ambient else { return nil }
    guard let recording = active.recording else { return active.context.traceparent }
    let span = recording.child(
      "create \(topic.name)", .producer, attributes("create", type, id, topic.name))
    span.end()
    return span.context.traceparent
  }

  /// Begins the span of an event that is applied: it follows from what made the event, in the same trace, and
  /// is linked with it.
  ///
  /// - Returns: the ids alone where nothing is recorded, nil where there are none.
  static func processing(
    _ headers: EventHeaders, of topic: String, group: String, by tracer: Tracer?
  ) -> ActiveSpan? {
    let creation = headers.traceparent.flatMap { SpanContext(traceparent: $0) }
    guard let tracer else { return creation.map(ActiveSpan.init) }
    return tracer.begin(
      "process \(topic)", .consumer, parent: creation, links: creation.map { [$0] } ?? [],
      attributes("process", headers.eventType, headers.eventID, topic)
        + [SpanAttribute("messaging.consumer.group.name", .text(group))])
  }

  private static func attributes(
    _ operation: String, _ type: String, _ id: EventID, _ topic: String
  ) -> [SpanAttribute] {
    [
      SpanAttribute("messaging.system", "kafka"),
      SpanAttribute("messaging.operation.name", .text(operation)),
      SpanAttribute("messaging.operation.type", .text(operation)),
      SpanAttribute("messaging.destination.name", .text(topic)),
      SpanAttribute("messaging.message.id", .text(id.rawValue)),
      SpanAttribute("alphintra.event.type", .text(type)),
    ]
  }
}
