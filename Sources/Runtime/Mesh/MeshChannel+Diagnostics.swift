public import Observability

extension Diagnostics {
  /// Shows the replicas behind channels, on the page and as a metric.
  public func addBackends(of channels: @escaping @Sendable () -> [MeshChannel]) {
    addSection("Backends") {
      channels().flatMap { channel in
        channel.backends.map {
          let state = $0.isConnected ? "connected, \($0.callCount) calls" : "not connected"
          return (channel.service, "\($0.address), \(state)")
        }
      }
    }
  }

  /// Counts the replicas behind a channel.
  public func countBackends(of channel: MeshChannel) {
    for (state, isConnected) in [("connected", true), ("not_connected", false)] {
      metrics.gauge(
        "grpc_client_backends", "Replicas of a service that are known to its callers.",
        ["grpc_target": channel.service, "state": state]
      ) { [weak channel] in
        channel.map { Double($0.backends.count { $0.isConnected == isConnected }) }
      }
    }
  }
}
