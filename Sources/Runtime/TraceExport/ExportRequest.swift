internal import OTLPContract
internal import Observability

/// Spans as OTLP says them.
enum ExportRequest {
  /// The name of who recorded the spans.
  private static let scope = "alphintra"

  /// A request with these spans, those of each service together.
  static func make(
    _ spans: [SpanRecord], _ resource: [SpanAttribute]
  ) -> OTLPCollectorV1.ExportTraceServiceRequest {
    var request = OTLPCollectorV1.ExportTraceServiceRequest()
    let services = Dictionary(grouping: spans, by: \.service).sorted { $0.key < $1.key }
    request.resourceSpans = services.map { service, spans in
      var all = OTLPTraceV1.ResourceSpans()
      var described = OTLPResourceV1.Resource()
      described.attributes = attributes(
        [SpanAttribute("service.name", .text(service))] + resource)
      all.resource = described
      var scoped = OTLPTraceV1.ScopeSpans()
      var scope = OTLPCommonV1.InstrumentationScope()
      scope.name = Self.scope
      scoped.scope = scope
      scoped.spans = spans.map(span)
      all.scopeSpans = [scoped]
      return all
    }
    return request
  }

  private static func span(_ record: SpanRecord) -> OTLPTraceV1.Span {
    var span = OTLPTraceV1.Span()
    span.traceID = record.context.traceID.bytes
    span.spanID = record.context.spanID.bytes
    span.traceState = record.context.state.text
    span.parentSpanID = record.parent?.bytes ?? []
    span.flags = flags(record.context, isRemote: record.parentIsRemote)
    span.name = record.name
    span.kind = kind(record.kind)
    span.startTimeUnixNano = record.start
    span.endTimeUnixNano = record.end
    span.attributes = attributes(record.attributes)
    span.droppedAttributesCount = UInt32(record.droppedAttributes)
    span.events = record.events.map { event in
      var moment = OTLPTraceV1.Span.Event()
      moment.timeUnixNano = event.time
      moment.name = event.name
      moment.attributes = attributes(event.attributes)
      return moment
    }
    span.droppedEventsCount = UInt32(record.droppedEvents)
    span.links = record.links.map { other in
      var link = OTLPTraceV1.Span.Link()
      link.traceID = other.traceID.bytes
      link.spanID = other.spanID.bytes
      link.traceState = other.state.text
      link.flags = flags(other, isRemote: true)
      return link
    }
    span.status = status(record.status)
    return span
  }

  /// W3C's flags, and whether the other span is of another process.
  private static func flags(_ context: SpanContext, isRemote: Bool) -> UInt32 {
    UInt32(context.flags.rawValue)
      | UInt32(OTLPTraceV1.SpanFlags.contextHasIsRemoteMask.rawValue)
      | (isRemote ? UInt32(OTLPTraceV1.SpanFlags.contextIsRemoteMask.rawValue) : 0)
  }

  private static func kind(_ kind: SpanRecord.Kind) -> OTLPTraceV1.Span.SpanKind {
    switch kind {
    case .internal: .internal
    case .server: .server
    case .client: .client
    case .producer: .producer
    case .consumer: .consumer
    }
  }

  private static func status(_ status: SpanRecord.Status) -> OTLPTraceV1.Status? {
    var result = OTLPTraceV1.Status()
    switch status {
    case .unset: return nil
    case .ok: result.code = .ok
    case .error(let message):
      result.code = .error
      result.message = message
    }
    return result
  }

  private static func attributes(_ attributes: [SpanAttribute]) -> [OTLPCommonV1.KeyValue] {
    attributes.map { attribute in
      var pair = OTLPCommonV1.KeyValue()
      pair.key = attribute.name
      var value = OTLPCommonV1.AnyValue()
      value.value =
        switch attribute.value {
        case .text(let text): .stringValue(text)
        case .integer(let number): .intValue(Int64(number))
        case .number(let number): .doubleValue(number)
        case .flag(let flag): .boolValue(flag)
        }
      pair.value = value
      return pair
    }
  }
}
