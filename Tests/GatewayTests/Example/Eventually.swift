struct NeverHappened: Error {}

/// Waits for a condition.
func eventually(
  within limit: Duration = .seconds(5), _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else { throw NeverHappened() }
    try await Task.sleep(for: .milliseconds(5))
  }
}
