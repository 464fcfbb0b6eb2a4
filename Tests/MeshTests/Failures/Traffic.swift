import RPC
import Synchronization

/// Calls that several callers make, each one after the other, and what came of them.
struct Traffic: Sendable {
  /// What came of one call.
  struct Call: Sendable {
    let id: String
    let latency: Duration
    /// Nil for success.
    let failure: RPCError?
  }

  private(set) var calls: [Call] = []

  /// Makes calls, each with an id of its own.
  ///
  /// - Parameter pause: How long a caller waits between two.
  static func run(
    _ name: String, callers: Int = 8, calls: Int, pause: Duration = .zero,
    _ call: @escaping @Sendable (_ id: String) async throws(RPCError) -> Void
  ) async -> Traffic {
    await run(name, callers: callers, pause: pause, while: { $0 < calls }, call)
  }

  /// Makes calls while a condition on their number holds.
  static func run(
    _ name: String, callers: Int = 8, pause: Duration = .zero,
    while condition: @escaping @Sendable (Int) -> Bool,
    _ call: @escaping @Sendable (_ id: String) async throws(RPCError) -> Void
  ) async -> Traffic {
    let numbers = Numbers()
    return await withTaskGroup(of: [Call].self) { group in
      for _ in 0..<callers {
        group.addTask {
          var calls: [Call] = []
          while true {
            let number = numbers.next()
            guard condition(number) else { return calls }
            let (id, start) = ("\(name)-\(number)", ContinuousClock.now)
            var failure: RPCError?
            do throws(RPCError) { try await call(id) } catch { failure = error }
            calls.append(Call(id: id, latency: start.duration(to: .now), failure: failure))
            if pause > .zero { try? await Task.sleep(for: pause) }
          }
        }
      }
      return await group.reduce(into: Traffic()) { $0.calls += $1 }
    }
  }

  private final class Numbers: Sendable {
    private let value = Atomic(0)

    func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
  }

  /// The calls that failed.
  var failures: [Call] { calls.filter { $0.failure != nil } }

  /// What so many of a hundred calls took no longer than.
  func percentile(_ percent: Int) -> Duration {
    let sorted = calls.map(\.latency).sorted()
    return sorted[min(sorted.count * percent / 100, sorted.count - 1)]
  }
}
