public import Events
import Observability

/// An event that a consumer applies, maybe together with others.
public struct ConsumedEvent<Event: Sendable>: Sendable {
  /// The event with its key and headers.
  public let envelope: EventEnvelope<Event>
  /// What led to it: its trace and its correlation id, in which is decided and told what is done for this event alone.
  public let origin: CallOrigin

  /// The span of its processing; nil where nothing is recorded.
  var span: Span? { origin.span?.recording }
}
