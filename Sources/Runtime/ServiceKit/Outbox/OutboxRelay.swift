/// Publishes the rows of an outbox.
public struct OutboxRelay {
  /// The most rows on their way to the broker at once.
  static let batchLimit = 500
}
