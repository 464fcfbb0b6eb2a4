internal import Observability

/// What is counted of the balancing to one service, by the names of gRFC A91 as Prometheus would write
/// them.
final class BalancingMetrics: Sendable {
  private let full: Counter
  private let enforced: [OutlierDetector.Method: Counter]
  private let unenforced: [OutlierDetector.Method: [OutlierDetector.Mercy: Counter]]

  /// - Parameter target: The service that is called.
  init(_ registry: MetricsRegistry, target: String) {
    full = registry.counter(
      "grpc_client_calls_over_limit_total",
      "Calls that were not made because every replica had as many as it is given.",
      ["grpc_target": target])
    let methods = OutlierDetector.Method.allCases
    enforced = Self.table(methods) { method in
      registry.counter(
        "grpc_lb_outlier_detection_ejections_enforced_total", "Replicas that were ejected.",
        [
          "grpc_target": target,
          "grpc_lb_outlier_detection_detection_method": method.rawValue,
        ])
    }
    unenforced = Self.table(methods) { method in
      Self.table(OutlierDetector.Mercy.allCases) { mercy in
        registry.counter(
          "grpc_lb_outlier_detection_ejections_unenforced_total",
          "Replicas that were found to be outliers and not ejected.",
          [
            "grpc_target": target,
            "grpc_lb_outlier_detection_detection_method": method.rawValue,
            "grpc_lb_outlier_detection_unenforced_reason": mercy.rawValue,
          ])
      }
    }
  }

  /// A call found all replicas full.
  func countFull() { full.add() }

  /// Somebody looked for outliers.
  func count(_ event: OutlierDetector.Event) {
    switch event {
    case .ejected(_, let method, _): enforced[method]?.add()
    case .spared(_, let method, let mercy): unenforced[method]?[mercy]?.add()
    case .returned: break
    }
  }

  private static func table<Key: Hashable, Value>(
    _ keys: [Key], _ value: (Key) -> Value
  ) -> [Key: Value] {
    Dictionary(uniqueKeysWithValues: keys.map { ($0, value($0)) })
  }
}
