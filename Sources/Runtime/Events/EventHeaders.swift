public import Core

/// What travels beside an event's payload: who it is, and where in its key's order it stands.
public struct EventHeaders: Sendable, Hashable {
  /// The event's identity, a UUID of version 7: consumers apply each once.
  public var eventID: EventID
  /// The full name of the payload's message, such as `alphintra.trading.v1.OrderEvent`.
  public var eventType: String
  /// When it happened, by the producer's clock.
  public var occurredAt: Instant
  /// The service that published it, such as `trading`.
  public var producer: String
  /// The event's place among those of its key: 1, 2, 3, … without gaps.
  ///
  /// 0 for topics whose events have no such order.
  public var sequence: Int64
  /// The request that led to it, or nil.
  public var correlationID: String?
  /// The trace it belongs to (W3C Trace Context, section 3.2), or nil.
  public var traceparent: String?
  /// How to read the payload.
  public var contentType: EventContentType

  /// The headers of one event.
  public init(
    eventID: EventID, eventType: String, occurredAt: Instant, producer: String, sequence: Int64,
    correlationID: String? = nil, traceparent: String? = nil, contentType: EventContentType = .json
  ) {
    self.eventID = eventID
    self.eventType = eventType
    self.occurredAt = occurredAt
    self.producer = producer
    self.sequence = sequence
    self.correlationID = correlationID
    self.traceparent = traceparent
    self.contentType = contentType
  }
}

// MARK: - Fields

extension EventHeaders {
  /// The names of the fields on the wire.
  public enum Name {
    /// The event's identity.
    public static let eventID = "event_id"
    /// The payload's message.
    public static let eventType = "event_type"
    /// RFC 3339, UTC.
    public static let occurredAt = "occurred_at"
    /// The publishing service.
    public static let producer = "producer"
    /// The place among the key's events, in decimal.
    public static let sequence = "sequence"
    /// The request that led to it.
    public static let correlationID = "correlation_id"
    /// W3C Trace Context.
    public static let traceparent = "traceparent"
    /// How to read the payload.
    public static let contentType = "content-type"
  }

  /// The headers as named texts, in a fixed order; absent ones are left out.
  public var fields: [(name: String, value: String)] {
    var fields = [
      (name: Name.eventID, value: eventID.rawValue),
      (name: Name.eventType, value: eventType),
      (name: Name.occurredAt, value: occurredAt.description),
      (name: Name.producer, value: producer),
      (name: Name.sequence, value: String(sequence)),
      (name: Name.contentType, value: contentType.rawValue),
    ]
    if let correlationID { fields.append((Name.correlationID, correlationID)) }
    if let traceparent { fields.append((Name.traceparent, traceparent)) }
    return fields
  }

  /// Reads the headers from named texts.
  ///
  /// Unknown names are ignored; of a repeated one the last counts; without a content type the
  /// payload is JSON.
  ///
  /// - Throws: ``EventDecodingError`` that names the header, its rule and its value.
  public init(
    fields: some Sequence<(name: String, value: String)>
  ) throws(EventDecodingError) {
    let values = Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    func required(_ name: String) throws(EventDecodingError) -> String {
      guard let value = values[name], !value.isEmpty else { throw .missingHeader(name: name) }
      return value
    }
    let id = try required(Name.eventID)
    do {
      eventID = try EventID(validating: id)
    } catch {
      throw .invalidHeader(
        name: Name.eventID, rule: "must be 1 to 128 visible ASCII characters", value: id)
    }
    eventType = try required(Name.eventType)
    let time = try required(Name.occurredAt)
    guard let instant = Instant(rfc3339: time) else {
      throw .invalidHeader(name: Name.occurredAt, rule: "must be an RFC 3339 time", value: time)
    }
    occurredAt = instant
    producer = try required(Name.producer)
    let place = try required(Name.sequence)
    guard let sequence = Int64(place), sequence >= 0 else {
      throw .invalidHeader(name: Name.sequence, rule: "must be a whole number ≥ 0", value: place)
    }
    self.sequence = sequence
    correlationID = values[Name.correlationID]
    traceparent = values[Name.traceparent]
    let type = values[Name.contentType] ?? EventContentType.json.rawValue
    guard let contentType = EventContentType(rawValue: type) else {
      throw .unsupportedContentType(type)
    }
    self.contentType = contentType
  }
}
