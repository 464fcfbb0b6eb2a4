public import Core
public import Postgres

/// Which events a consumer has applied, written down in the transactions of their effects.
public struct Inbox: Sendable {
  /// The consumer whose events these are: one name for all its instances, for ever.
  public let consumer: String

  /// The inbox of a consumer, in the schema of the database it is used with.
  public init(consumer: String) { self.consumer = consumer }

  /// Writes down that the transaction applies an event.
  ///
  /// - Returns: false if the event was applied before: its effects are there, and nothing is to be
  ///   done. If another transaction is about to apply it, its end is waited for.
  public nonisolated(nonsending) func admit(
    _ event: EventID, in transaction: PostgresTransaction
  ) async throws(PostgresError) -> Bool {
    try await transaction.execute(
      """
      -- name: admit_event
      INSERT INTO inbox (consumer, event_id) VALUES (\(consumer), \(event))
      ON CONFLICT ON CONSTRAINT inbox_pkey DO NOTHING
      """) == 1
  }
}
