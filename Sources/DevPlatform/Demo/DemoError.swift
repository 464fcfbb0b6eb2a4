/// Why a demo could not go on.
public enum DemoError: Error, Sendable, CustomStringConvertible {
  /// A step took too long: its outcome is unknown.
  case timedOut(step: String, after: Duration)
  /// The WebSocket was closed before the demo was done.
  case streamEnded
  /// The audit found differences, and has told them.
  case differs(logs: String)
  /// An answer is not what the contract promises.
  case unexpected(String)

  /// What happened.
  public var description: String {
    switch self {
    case .timedOut(let step, let limit): "no end of \"\(step)\" within \(limit)"
    case .streamEnded: "the gateway closed the WebSocket"
    case .differs(let logs): "not everything agrees; the logs are in \(logs)"
    case .unexpected(let text): text
    }
  }
}

/// Runs a step of the demo within a time limit.
///
/// - Throws: ``DemoError/timedOut(step:after:)`` at the limit.
func within<Result: Sendable>(
  _ limit: Duration, _ step: String, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw DemoError.timedOut(step: step, after: limit)
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw CancellationError() }
    return result
  }
}
