internal import Observability

/// What is counted of requests: `http.server.request.duration` of OpenTelemetry's conventions, by the name
/// Prometheus would give it.
final class EdgeMetrics: Sendable {
  private struct Key: Equatable, Sendable {
    let method: String
    let route: String
    let status: Int
  }

  private let durations: SeriesTable<Key, Histogram>

  /// WebSockets that were closed because their user's session had ended.
  let endedWithSession: Counter

  init(_ registry: MetricsRegistry) {
    endedWithSession = registry.counter(
      "gateway_websockets_ended_with_session_total",
      "WebSockets that were closed because their user's session had ended.")
    durations = SeriesTable { key in
      registry.histogram(
        "http_server_request_duration_seconds",
        "How long requests took; a WebSocket's is over when it is open.", .latency,
        [
          "http_request_method": key.method, "http_response_status_code": "\(key.status)",
          "http_route": key.route,
        ])
    }
  }

  /// Counts a request that has been answered.
  func answered(_ entry: AccessLogEntry) {
    let (seconds, attoseconds) = entry.duration.components
    let key = Key(
      method: Self.known(entry.method), route: entry.route, status: entry.status)
    durations[key].record(UInt64(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }

  /// A method by name, unless it is the caller's invention.
  static func known(_ method: String) -> String {
    methods.contains(method) ? method : "_OTHER"
  }

  /// The methods of RFC 9110 section 9 and RFC 5789.
  private static let methods: Set = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
  ]
}
