/// What of a span travels: its trace, itself, whether it is recorded, and what others say of the trace
/// (W3C Trace Context, levels 1 and 2).
public struct SpanContext: Sendable, Hashable {
  /// The trace that the span belongs to.
  public let traceID: TraceID
  /// The span.
  public let spanID: SpanID
  /// What is recommended about the trace.
  public let flags: TraceFlags
  /// What other tracing systems say of it.
  public let state: TraceState

  /// Whether the span is recorded.
  public var isSampled: Bool { flags.contains(.sampled) }

  init(_ traceID: TraceID, _ spanID: SpanID, _ flags: TraceFlags, _ state: TraceState = .empty) {
    self.traceID = traceID
    self.spanID = spanID
    self.flags = flags
    self.state = state
  }

  /// The first of a new trace, not recorded.
  public static func root() -> SpanContext { SpanContext(.make(), .make(), .random) }

  /// The next one of the same trace; `flags` stay but for whether it is recorded.
  func child(isSampled: Bool) -> SpanContext {
    var flags = flags
    if isSampled { flags.insert(.sampled) } else { flags.remove(.sampled) }
    return SpanContext(traceID, .make(), flags, state)
  }
}
