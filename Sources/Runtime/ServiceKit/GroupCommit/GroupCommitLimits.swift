/// How much a ``GroupCommit`` does at once.
public struct GroupCommitLimits: Sendable, Hashable {
  /// How many transactions are under way at a time.
  ///
  /// While one waits for the disk another works; more of them only make batches smaller, and what an operation costs larger.
  public var batches = 2
  /// How many operations one transaction does.
  public var batchSize = 256
  /// How many operations wait for one; more are refused with RESOURCE_EXHAUSTED.
  public var waiting = 4_096

  /// The usual limits.
  public init() {}
}
