import Synchronization

/// What a process tells operators of itself: its metrics, its spans, whether it is ready, and a page for
/// people.
public final class Diagnostics: Sendable {
  /// The process's metrics.
  public let metrics: MetricsRegistry
  /// How the process records spans; nil where it does not.
  public let traces: TracePipeline?
  private let state = Mutex(State())

  private struct State {
    var checks: [(name: String, isReady: @Sendable () -> Bool)] = []
    var sections: [(title: String, rows: @Sendable () async -> [Row])] = []
  }

  /// A line of the page: what it is about, and what is said of it.
  public typealias Row = (name: String, value: String)

  /// Diagnostics around a registry.
  public init(metrics: MetricsRegistry = MetricsRegistry(), traces: TracePipeline? = nil) {
    self.metrics = metrics
    self.traces = traces
  }

  /// Adds something that must hold for the process to be ready.
  public func addReadiness(_ name: String, _ isReady: @escaping @Sendable () -> Bool) {
    state.withLock { $0.checks.append((name, isReady)) }
  }

  /// Adds a part of the page.
  public func addSection(_ title: String, _ rows: @escaping @Sendable () async -> [Row]) {
    state.withLock { $0.sections.append((title, rows)) }
  }

  /// What is asked for readiness, each with its answer; without any the process has yet to start.
  public var readiness: [(name: String, isReady: Bool)] {
    state.withLock(\.checks).map { ($0.name, $0.isReady()) }
  }

  /// The parts of the page.
  public func sections() async -> [(title: String, rows: [Row])] {
    var sections: [(title: String, rows: [Row])] = []
    for (title, rows) in state.withLock(\.sections) { sections.append((title, await rows())) }
    return sections
  }
}
