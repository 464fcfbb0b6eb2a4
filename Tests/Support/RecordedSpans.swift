public import Observability
import Synchronization

/// Keeps the spans that end.
public final class RecordedSpans: SpanSink {
  private let spans = Mutex<[SpanRecord]>([])

  /// Without spans yet.
  public init() {}

  /// Keeps a span.
  public func take(_ span: SpanRecord) { spans.withLock { $0.append(span) } }

  /// All, in the order in which they ended.
  public var all: [SpanRecord] { spans.withLock { $0 } }

  /// Those of a kind, in the order in which they ended.
  public func of(_ kind: SpanRecord.Kind) -> [SpanRecord] { all.filter { $0.kind == kind } }
}
