import Core
import Logging
import Postgres
import TradingDomain

/// Accounts, orders, trades and positions as they are stored.
struct Ledger: Sendable {
  let database: PostgresPool
  /// The limits of an account that has none of its own.
  let defaultLimits: RiskLimits

  /// How often a transaction is tried that lost a race, a lock or its connection.
  static let maxAttempts = 8
  private static let firstPause: Duration = .milliseconds(2)

  /// Runs a transaction that first looks whether it has been done, so that it may be repeated.
  ///
  /// A commit whose answer was lost is repeated too: what it had done is then found.
  ///
  /// - Throws: ``UnknownOutcome`` when no attempt has learned whether the work was done; the body's
  ///   error or a `PostgresError` when it certainly was not.
  nonisolated(nonsending) func repeating<Value>(
    _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    var pause = Self.firstPause
    var isUnknown = false
    var attempt = 1
    while true {
      do {
        return try await database.transaction(body)
      } catch let error as PostgresError {
        isUnknown = isUnknown || error.outcomeUnknown
        guard error.isRetryable || error.outcomeUnknown, attempt < Self.maxAttempts,
          !Task.isCancelled
        else {
          if isUnknown { throw UnknownOutcome(cause: error) }
          throw error
        }
        // A random part keeps those who collided from colliding again.
        try? await Task.sleep(for: pause * Int.random(in: 50...100) / 100)
        pause *= 2
        attempt += 1
      }
    }
  }
}

/// Nobody can say at present whether the work was done: the connection was lost after COMMIT had
/// been sent, and has not come back.
struct UnknownOutcome: Error {
  let cause: PostgresError
}
