internal import Observability
internal import ProcessKit
internal import Synchronization

/// Spans that wait to be exported.
///
/// Whoever ends a span adds it and goes on: where the queue is full, the span is dropped, and counted.
final class SpanQueue: SpanSink {
  private struct State {
    var spans: [SpanRecord] = []
    var isClosed = false
  }

  private let limit: Int
  private let batchLimit: Int
  private let state = Mutex(State())
  private let kept: Counter
  private let dropped: Counter
  /// Raised when a batch is together.
  let signal = WakeSignal()

  init(_ batching: TraceExportConfiguration.Batching, _ metrics: MetricsRegistry) {
    limit = batching.queueLimit
    batchLimit = batching.batchLimit
    func counter(_ error: String) -> Counter {
      metrics.counter(
        "otel_sdk_processor_span_processed_total",
        "Spans that ended, by whether they were queued for export or dropped.",
        ["error_type": error])
    }
    kept = counter("none")
    dropped = counter("queue_full")
    metrics.gauge("otel_sdk_processor_span_queue_size", "Spans that wait to be exported.") {
      [weak self] in self.map { Double($0.count) }
    }
    let limit = Double(limit)
    metrics.gauge(
      "otel_sdk_processor_span_queue_capacity", "The most spans that wait to be exported."
    ) { limit }
  }

  /// How many wait.
  var count: Int { state.withLock(\.spans.count) }

  func take(_ span: SpanRecord) {
    let count = state.withLock { state -> Int? in
      guard state.spans.count < limit, !state.isClosed else { return nil }
      state.spans.append(span)
      return state.spans.count
    }
    guard let count else { return dropped.add() }
    kept.add()
    if count == batchLimit { signal.raise() }
  }

  /// Takes out a batch, the oldest first; empty when nothing waits.
  func next() -> [SpanRecord] {
    state.withLock { state in
      guard state.spans.count > batchLimit else {
        defer { state.spans = [] }
        return state.spans
      }
      let batch = Array(state.spans.prefix(batchLimit))
      state.spans.removeFirst(batchLimit)
      return batch
    }
  }

  /// Whether a whole batch waits.
  var hasBatch: Bool { count >= batchLimit }

  /// Takes no more.
  func close() {
    state.withLock { $0.isClosed = true }
    signal.raise()
  }

  var isClosed: Bool { state.withLock(\.isClosed) }
}
