/// Why a service that was to go on has ended.
public struct ServiceFailure: Error, Sendable, CustomStringConvertible {
  /// The service.
  public let service: String
  /// The background task that ended.
  public let task: String
  /// What it threw; nil if it returned.
  public let cause: (any Error)?

  /// The service, the task and the cause.
  public var description: String {
    "\(service): task \(task) \(cause.map { "failed: \($0)" } ?? "ended before it was told to")"
  }
}
