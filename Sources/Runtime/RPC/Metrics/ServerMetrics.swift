public import Observability
import Synchronization

/// What is counted of the calls that a server answers: the metrics of gRFC A66 by the names Prometheus
/// would give them, and who called.
///
/// Sizes are those of messages before they are compressed.
public final class ServerMetrics: Sendable {
  private let registry: MetricsRegistry
  /// Calls of methods that the server does not have: their names are the caller's choice.
  private let other: ServerMethodMetrics
  private let methods = Mutex<[ServerMethodMetrics]>([])

  /// Counts into a registry.
  public init(_ registry: MetricsRegistry) {
    self.registry = registry
    other = ServerMethodMetrics(registry, method: MetricsRegistry.otherLabel)
  }

  func method(_ descriptor: MethodDescriptor) -> ServerMethodMetrics {
    let method = ServerMethodMetrics(registry, method: descriptor.metricsLabel)
    methods.withLock { $0.append(method) }
    return method
  }

  /// How many calls have begun and not ended.
  public var callsUnderWay: Int { methods.withLock { $0.reduce(0) { $0 + $1.callsUnderWay } } }

  /// A call of a method that is not there.
  func countUnknownMethod() {
    other.started.add()
    other.ended(.unimplemented, peer: nil, nanoseconds: 0, received: 0, sent: 0)
  }
}

extension MethodDescriptor {
  /// The method as gRFC A66 labels it: the path without the first slash.
  var metricsLabel: String { String(path.dropFirst()) }
}

/// What is counted of one method.
///
/// Counting takes no lock, and no memory but when a caller or a status comes first.
package final class ServerMethodMetrics: Sendable {
  let started: Counter
  /// Calls that were dropped before their handler began.
  let expired: Counter
  private let outcomes: SeriesTable<Outcome, CallSeries>

  private struct Outcome: Equatable, Sendable {
    let code: StatusCode
    /// The caller's service.
    let peer: String?
    /// Whether the call ended because the server stops.
    let isDrained: Bool
  }

  init(_ registry: MetricsRegistry, method: String) {
    started = registry.counter(
      "grpc_server_call_started_total", "Calls that a server began to answer.",
      ["grpc_method": method])
    expired = registry.counter(
      "grpc_server_calls_expired_total",
      "Calls whose deadline passed before their handler began: they waited, and nothing was done.",
      ["grpc_method": method])
    outcomes = SeriesTable { outcome in
      let (status, peer) = (outcome.code.name, outcome.peer ?? "none")
      let labels: MetricsRegistry.Labels =
        outcome.isDrained
        ? ["grpc_method": method, "grpc_status": status, "peer": peer, "ended_by": "drain"]
        : ["grpc_method": method, "grpc_status": status, "peer": peer]
      return CallSeries(registry, "grpc_server_call", labels)
    }
  }

  var callsUnderWay: Int {
    // In this order: a call that ends in between is not counted as one that never began.
    let ended = outcomes.values.reduce(0) { $0 + $1.callCount }
    return max(0, started.value - ended)
  }

  func ended(
    _ code: StatusCode, peer: PeerIdentity?, isDrained: Bool = false, nanoseconds: UInt64,
    received: Int, sent: Int
  ) {
    outcomes[Outcome(code: code, peer: peer?.service, isDrained: isDrained)].record(
      nanoseconds: nanoseconds, received: received, sent: sent)
  }
}

/// The histograms of calls with the same labels.
final class CallSeries: Sendable {
  private let duration: Histogram
  private let received: Histogram
  private let sent: Histogram

  /// - Parameter prefix: `grpc_server_call` or `grpc_client_call`.
  init(_ registry: MetricsRegistry, _ prefix: String, _ labels: MetricsRegistry.Labels) {
    duration = registry.histogram(
      "\(prefix)_duration_seconds", "How long calls took, from their start to their status.",
      .latency, labels)
    received = registry.histogram(
      "\(prefix)_rcvd_message_bytes", "Bytes of all messages received in a call.", .size, labels)
    sent = registry.histogram(
      "\(prefix)_sent_message_bytes", "Bytes of all messages sent in a call.", .size, labels)
  }

  /// How many calls there were.
  var callCount: Int { Int(truncatingIfNeeded: duration.snapshot.count) }

  func record(nanoseconds: UInt64, received: Int, sent: Int) {
    duration.record(nanoseconds)
    self.received.record(UInt64(received))
    self.sent.record(UInt64(sent))
  }
}
