internal import RPC

/// When a batch that a collector did not take is sent again (OTLP, "Failures" and "OTLP/gRPC Throttling").
struct ExportRetry {
  /// The wait after the first failure; each further one doubles it.
  static let minimumBackoff: Duration = .seconds(1)
  /// The longest wait that the collector did not ask for.
  static let maximumBackoff: Duration = .seconds(10)

  /// Codes of failures that may pass.
  ///
  /// RESOURCE_EXHAUSTED is one only where the collector says when.
  private static let passing: Set<StatusCode> = [
    .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss,
  ]

  private var backoff = minimumBackoff

  /// How long to wait before the next attempt; nil gives the batch up.
  ///
  /// - Parameter jitter: randomness, 0 to 1, so that processes do not come back together.
  mutating func wait(after error: RPCError, jitter: Double) -> Duration? {
    var asked: Duration?
    for case .retryInfo(let delay) in error.details { asked = max(delay, .zero) }
    guard Self.passing.contains(error.code) || (error.code == .resourceExhausted && asked != nil)
    else { return nil }
    let own = backoff * (0.5 + jitter / 2)
    backoff = min(backoff * 2, Self.maximumBackoff)
    return asked ?? own
  }
}
