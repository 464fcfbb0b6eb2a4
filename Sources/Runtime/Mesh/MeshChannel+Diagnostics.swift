public import Observability

extension Diagnostics {
  /// Shows the replicas behind channels, on the page and as a metric.
  public func addBackends(of channels: @escaping @Sendable () -> [MeshChannel]) {
    addSection("Backends") {
      channels().flatMap { channel in
        channel.backends.map {
          let calls = $0.isConnected ? ", \($0.callCount) calls" : ""
          return (channel.service, "\($0.address), \($0.state.rawValue)\(calls)")
        }
      }
    }
  }

  /// Counts the replicas behind a channel.
  public func countBackends(of channel: MeshChannel) {
    for state in MeshChannel.Backend.State.allCases {
      metrics.gauge(
        "grpc_client_backends", "Replicas of a service that are known to its callers.",
        [
          "grpc_target": channel.service,
          "state": state.rawValue.replacing(" ", with: "_"),
        ]
      ) { [weak channel] in
        channel.map { Double($0.backends.count { $0.state == state }) }
      }
    }
  }
}

extension MeshChannel.Backend {
  /// How a replica is counted and shown.
  fileprivate enum State: String, CaseIterable {
    case connected
    case ejected
    case notConnected = "not connected"
  }

  fileprivate var state: State {
    guard isConnected else { return .notConnected }
    return isEjected ? .ejected : .connected
  }
}
