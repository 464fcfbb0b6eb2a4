/// How long the records of a topic are kept.
///
/// The outbox of the producing service keeps its rows as long as the broker keeps the records, so a
/// broker that lost everything can be refilled with what it should hold.
public enum Retention: Sendable, Hashable {
  /// Records are never deleted.
  case forever
  /// Records are deleted this many hours after they were written. At least 1.
  case hours(Int)
  /// The latest record of each key is never deleted; those before it are, some time after it was written.
  ///
  /// What Kafka calls a compacted topic: whoever reads it from the beginning learns what is now.
  case latest
}
