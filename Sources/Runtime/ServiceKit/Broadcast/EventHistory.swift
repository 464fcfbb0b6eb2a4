public import Events
public import Protobuf

/// Where the events of a key are kept for good: the outbox of the service that publishes them.
public struct EventHistory<Event: Message>: Sendable {
  /// The events of `key` after a sequence, in order, at most `limit`.
  ///
  /// With `before`, those below it, published or not: who asks has seen a later one. Without, only
  /// published ones.
  let read:
    @Sendable (_ key: String, _ after: Int64, _ before: Int64?, _ limit: Int) async throws
      -> [EventEnvelope<Event>]

  /// A history read by a function.
  public init(
    read:
      @escaping @Sendable (
        _ key: String, _ after: Int64, _ before: Int64?, _ limit: Int
      ) async throws -> [EventEnvelope<Event>]
  ) {
    self.read = read
  }
}
