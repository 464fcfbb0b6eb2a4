public import Logging

/// What every log line of a request carries without being told.
public enum LogContext {
  /// The request that is being worked on, or nil.
  @TaskLocal public static var correlationID: String?

  /// The name of the correlation id among a line's fields.
  public static let correlationIDField = "correlation_id"
  /// The name of the trace's id among a line's fields (OpenTelemetry, "Trace Context in non-OTLP Log
  /// Formats").
  public static let traceIDField = "trace_id"
  /// The name of the span's id among a line's fields.
  public static let spanIDField = "span_id"

  /// What ties a line to a request.
  public struct Identifiers: Sendable {
    /// The request.
    public var correlationID: String?
    /// The span that works for it.
    public var span: SpanContext?

    /// Names both.
    public init(correlationID: String? = nil, span: SpanContext? = nil) {
      self.correlationID = correlationID
      self.span = span
    }

    /// The fields of a line.
    public var fields: Logger.Metadata {
      var fields: Logger.Metadata = [:]
      if let correlationID { fields[correlationIDField] = .string(correlationID) }
      if let span {
        fields[traceIDField] = .string(span.traceID.description)
        fields[spanIDField] = .string(span.spanID.description)
      }
      return fields
    }
  }

  /// Adds the ids of the request to each line of a task.
  ///
  /// - Parameter fallback: asked for what ``correlationID`` and ``ActiveSpan/current`` do not say, such as
  ///   the ids of the RPC that is being answered.
  public static func metadataProvider(
    fallback: @escaping @Sendable () -> Identifiers = { Identifiers() }
  ) -> Logger.MetadataProvider {
    Logger.MetadataProvider {
      var identifiers = Identifiers(
        correlationID: correlationID, span: ActiveSpan.current?.context)
      if identifiers.correlationID == nil || identifiers.span == nil {
        let other = fallback()
        identifiers.correlationID = identifiers.correlationID ?? other.correlationID
        identifiers.span = identifiers.span ?? other.span
      }
      return identifiers.fields
    }
  }
}
