/// An event with its headers.
public struct EventEnvelope<Event: Sendable>: Sendable {
  /// The key whose order the event is part of.
  public let key: String
  /// Who the event is, and where in its key's order it stands.
  public let headers: EventHeaders
  /// What happened.
  public let event: Event

  /// An event with its headers.
  public init(key: String, headers: EventHeaders, event: Event) {
    self.key = key
    self.headers = headers
    self.event = event
  }
}
