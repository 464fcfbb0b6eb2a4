/// Takes the spans that have ended.
///
/// It is called wherever a span ends, also on event loops: it must not block.
public protocol SpanSink: Sendable {
  /// A recorded span has ended.
  func take(_ span: SpanRecord)
}

/// Records the spans of one service.
public final class Tracer: Sendable {
  /// The service.
  public let service: String
  /// Which spans are recorded.
  public let sampling: TraceSampling
  let sink: any SpanSink

  /// A tracer of a service.
  ///
  /// - Parameter sink: takes the spans that are recorded.
  public init(service: String, sampling: TraceSampling = .standard, sink: any SpanSink) {
    self.service = service
    self.sampling = sampling
    self.sink = sink
  }

  /// Begins a span, if it is to be recorded.
  ///
  /// Where it is not, nothing is allocated: the ids of the parent stand for it, or those of a new trace.
  ///
  /// - Parameters:
  ///   - name: what is done; asked for only where it is recorded.
  ///   - parent: the span that led to it, from another process; nil begins a trace.
  ///   - links: other spans that it has to do with.
  ///   - attributes: asked for only where it is recorded.
  public func begin(
    _ name: @autoclosure () -> String, _ kind: SpanRecord.Kind, parent: SpanContext?,
    links: @autoclosure () -> [SpanContext] = [],
    _ attributes: @autoclosure () -> [SpanAttribute] = []
  ) -> ActiveSpan {
    let context = parent ?? SpanContext.root()
    guard sampling.records(context.traceID, parent: parent) else {
      // A parent that is recorded, and does not decide here, must not seem to be this one.
      return ActiveSpan(context.isSampled ? context.child(isSampled: false) : context)
    }
    return ActiveSpan(
      Span(
        context.child(isSampled: true), name(), kind, parent: parent?.spanID,
        parentIsRemote: parent != nil, links: links(), attributes(), self))
  }
}

/// How a process records spans: which of them, and where they go.
public struct TracePipeline: Sendable {
  private let sampling: TraceSampling
  private let sink: any SpanSink

  /// Names both.
  public init(sampling: TraceSampling, sink: any SpanSink) {
    self.sampling = sampling
    self.sink = sink
  }

  /// The tracer of one of the process's services.
  public func tracer(of service: String) -> Tracer {
    Tracer(service: service, sampling: sampling, sink: sink)
  }
}
