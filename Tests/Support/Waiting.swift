/// The condition that a test waited for did not come to hold.
public struct NeverHappened: Error {}

/// Waits until a condition holds.
///
/// - Parameter limit: a bound for a test that hangs, not a measure.
/// - Throws: ``NeverHappened`` at the limit.
public nonisolated(nonsending) func eventually(
  within limit: Duration = .seconds(60),
  _ condition: nonisolated(nonsending) () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard .now < end else { throw NeverHappened() }
    try await Task.sleep(for: .milliseconds(10))
  }
}

/// Runs `body` beside a task that is cancelled, and has ended, when `body` returns.
public func withBackground<R: Sendable>(
  _ background: @escaping @Sendable () async -> Void,
  body: @Sendable () async throws -> R
) async throws -> R {
  try await withThrowingTaskGroup { group in
    group.addTask { await background() }
    defer { group.cancelAll() }
    return try await body()
  }
}
