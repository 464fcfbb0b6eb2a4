import TradingContract

@testable import DevPlatform

/// What WebSockets tell of a trader's orders, one after the other: when one ends, the next gateway is asked.
actor OrderWatch {
  /// The sequence of the last event that was told of, by a snapshot or as an update.
  private(set) var sequence: Int64 = 0
  /// How often a snapshot was told: once for each stream that was opened, here or behind the gateway.
  private(set) var snapshots = 0
  /// How many updates were told.
  private(set) var updates = 0
  /// How many WebSockets ended by themselves.
  private(set) var losses = 0
  /// What must not be told: a gap, a repetition, an error.
  private(set) var complaints: [String] = []

  /// Watches until the task is cancelled.
  func run(_ clients: [PlatformClient], beginningWith first: Int) async {
    var gateway = first
    while !Task.isCancelled {
      try? await clients[gateway % clients.count].withStream { stream in
        try await stream.subscribeToOrders(id: "orders")
        for try await message in stream.messages { await self.record(message) }
      }
      guard !Task.isCancelled else { return }
      losses += 1
      gateway += 1
      try? await Task.sleep(for: .milliseconds(50))
    }
  }

  private func record(_ message: StreamMessage) {
    switch message {
    case .orders(_, let sequence):
      snapshots += 1
      if sequence < self.sequence {
        complaints.append("a snapshot of \(sequence) behind the update \(self.sequence)")
      }
      self.sequence = sequence
    case .order(_, let sequence):
      updates += 1
      if snapshots == 0 { complaints.append("an update before any snapshot") }
      if sequence != self.sequence + 1 {
        complaints.append("the update \(sequence) came after \(self.sequence)")
      }
      self.sequence = sequence
    case .error(_, let code, let reason, let detail):
      // What a gateway says whose service is just away passes; it is told of by the next snapshot.
      if code != "UNAVAILABLE" { complaints.append("\(code) \(reason): \(detail)") }
    default: break
    }
  }
}
