public import Observability

/// What is counted of the calls to one service: the metrics of gRFC A66 by the names Prometheus would
/// give them.
public final class ClientMetrics: Sendable {
  private let methods: SeriesTable<String, ClientMethodMetrics>

  /// Counts into a registry.
  ///
  /// - Parameter target: the service that is called.
  public init(_ registry: MetricsRegistry, target: String) {
    methods = SeriesTable { ClientMethodMetrics(registry, target: target, method: $0) }
  }

  /// A call begins.
  func begin(_ method: MethodDescriptor) -> CallObservation {
    let metrics = methods[method.path]
    metrics.started.add()
    return CallObservation(metrics)
  }

  /// A call, or the same call again, is given to a connection.
  package func countAttempt(_ method: MethodDescriptor) { methods[method.path].attempts.add() }
}

/// What is counted of one method.
final class ClientMethodMetrics: Sendable {
  let started: Counter
  let attempts: Counter
  private let outcomes: SeriesTable<StatusCode, CallSeries>

  init(_ registry: MetricsRegistry, target: String, method path: String) {
    let method = String(path.dropFirst())
    started = registry.counter(
      "grpc_client_call_started_total", "Calls that a client began.",
      ["grpc_method": method, "grpc_target": target])
    attempts = registry.counter(
      "grpc_client_attempt_started_total",
      "Calls that a client gave to a connection; one call may be given to several.",
      ["grpc_method": method, "grpc_target": target])
    outcomes = SeriesTable { code in
      CallSeries(
        registry, "grpc_client_call",
        ["grpc_method": method, "grpc_status": code.name, "grpc_target": target])
    }
  }

  func ended(_ code: StatusCode, nanoseconds: UInt64, received: Int, sent: Int) {
    outcomes[code].record(nanoseconds: nanoseconds, received: received, sent: sent)
  }
}

/// A client's call under way, as it is counted.
struct CallObservation: Sendable {
  private let metrics: ClientMethodMetrics
  private let start = MonotonicTime.nanoseconds

  init(_ metrics: ClientMethodMetrics) { self.metrics = metrics }

  func ended(_ code: StatusCode, received: Int, sent: Int) {
    metrics.ended(
      code, nanoseconds: MonotonicTime.nanoseconds &- start, received: received, sent: sent)
  }
}
