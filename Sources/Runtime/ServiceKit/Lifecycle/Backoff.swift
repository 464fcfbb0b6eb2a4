/// Waits between attempts: doubling from 50 ms to 2 s, each with jitter of a half, so that many who
/// fail together do not come back together.
public struct Backoff: Sendable {
  private var next: Duration = minimum

  /// Starts with the shortest wait.
  public init() {}

  /// Waits; returns at once when the task is cancelled.
  public mutating func wait() async {
    let delay = next * Double.random(in: 0.5...1)
    next = min(next * 2, Self.maximum)
    try? await Task.sleep(for: delay)
  }

  private static let minimum: Duration = .milliseconds(50)
  private static let maximum: Duration = .seconds(2)
}
