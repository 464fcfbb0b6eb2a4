/// What is being done, as traces know it: a span that is recorded, or only the ids of one that is not.
public struct ActiveSpan: Sendable {
  /// The ids.
  public let context: SpanContext
  /// The span, to say more of it; nil where nothing is recorded.
  public let recording: Span?

  /// The span that this task works for, where it is not a call's: an event that is being applied, say.
  @TaskLocal public static var current: ActiveSpan?

  /// A span that is recorded.
  public init(_ span: Span) {
    context = span.context
    recording = span
  }

  /// The ids of a span that is not recorded here.
  public init(_ context: SpanContext) {
    self.context = context
    recording = nil
  }
}
