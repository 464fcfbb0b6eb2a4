import Core
import DevPlatform
import Synchronization
import TradingContract

extension Traders {
  /// What orders through the edge came to.
  struct EdgeLoad: Sendable {
    var orders: [String]
    /// From the request, a connection of its own included, to its answer.
    var answers: Figures
    /// From the request to the order's update on its owner's WebSocket.
    var updates: Figures
  }

  /// How many of the users have a WebSocket and place orders.
  private static let watched = 16
  /// How long the last updates may take.
  private static let patience: Duration = .seconds(10)

  /// Places orders by REST at an even rate, and waits for each one's update on a WebSocket.
  func throughEdge(perSecond rate: Int, for duration: Duration) async throws -> EdgeLoad {
    let arrivals = Arrivals()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for client in clients.prefix(Self.watched) {
        group.addTask {
          try await client.withStream { stream in
            try await stream.subscribeToOrders(id: "orders")
            for try await message in stream.messages {
              switch message {
              case .orders: arrivals.opened()
              case .order(let order, _): arrivals.note(order.orderID)
              case .error(_, let code, let reason, let detail):
                throw BenchmarkFailure(description: "WebSocket: \(code) \(reason): \(detail)")
              default: break
              }
            }
          }
        }
      }
      try await Self.wait { arrivals.streams == Self.watched }
      let load = try await place(perSecond: rate, for: duration, arrivals)
      group.cancelAll()
      return load
    }
  }

  private func place(
    perSecond rate: Int, for duration: Duration, _ arrivals: Arrivals
  ) async throws -> EdgeLoad {
    let start = ContinuousClock.now
    let count = Int(duration / .seconds(1)) * rate
    let placed = try await Self.inParallel(count, width: count) { number in
      let due = start + .seconds(1) * number / rate
      try await Task.sleep(until: due)
      let begin = ContinuousClock.now
      let order = try await clients[number % Self.watched].place(
        .limit(.buy, 1, of: Self.symbol, at: limit))
      let answer = ContinuousClock.now - begin
      try Self.checkOpen(order)
      return (order.orderID, begin, answer)
    }
    let elapsed = ContinuousClock.now - start
    try await Self.wait { placed.allSatisfy { arrivals.time(of: $0.0) != nil } }
    let updates = placed.compactMap { order, begin, _ in
      arrivals.time(of: order).map { ($0 - begin).microseconds }
    }
    return EdgeLoad(
      orders: placed.map { $0.0 },
      answers: Figures(times: placed.map { $0.2.microseconds }, elapsed: elapsed),
      updates: Figures(times: updates, elapsed: elapsed))
  }

  private static func wait(until condition: @Sendable () -> Bool) async throws {
    let deadline = ContinuousClock.now + patience
    while !condition() {
      guard .now < deadline else {
        throw BenchmarkFailure(description: "WebSockets did not tell within \(patience)")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// When the first update of each order came.
  private final class Arrivals: Sendable {
    private let times = Mutex<[String: ContinuousClock.Instant]>([:])
    private let open = Mutex(0)

    var streams: Int { open.withLock { $0 } }
    func opened() { open.withLock { $0 += 1 } }

    func note(_ order: String) {
      let now = ContinuousClock.now
      times.withLock { if $0[order] == nil { $0[order] = now } }
    }

    func time(of order: String) -> ContinuousClock.Instant? { times.withLock { $0[order] } }
  }
}
