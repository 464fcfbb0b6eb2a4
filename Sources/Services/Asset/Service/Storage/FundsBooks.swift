import AssetDomain
import Core
import Postgres
import ProcessKit
import ServiceKit

/// Everything that moves money, as a part of a transaction of the database: for one owner, or for many at once.
struct FundsBooks: Sendable {
  /// An operation, and whom it is done for.
  typealias Submission = GroupCommit<AccountID, FundsOperation, FundsOutcome>.Submission

  let outbox: Outbox
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// Does operations in their order, each on what those before have left: two round trips, of which the second is the commit's.
  ///
  /// - Returns: an outcome for each. One that is refused has changed nothing.
  nonisolated(nonsending) func apply(
    _ batch: [Submission], in transaction: PostgresTransaction
  ) async throws -> [Result<FundsOutcome, any Error>] {
    transaction.planByKey()
    var desk = try await lock(batch, in: transaction)
    var entries: [OutboxEntry] = []
    var points: Set<AssetCrashPoint> = []
    let outcomes = batch.map { submission in
      Result {
        let now = clock.now
        let (outcome, change) = try desk.perform(
          submission.operation, for: submission.key,
          id: LedgerTransactionID(UUIDv7.make(now: now)), at: now)
        if let change {
          submission.origin.run { entries += OutboxEntry.entries(for: change) }
          points.insert(AssetCrashPoint.around(submission.operation).before)
        }
        return outcome
      }
    }
    guard !desk.changes.isEmpty else { return outcomes }
    save(desk, in: transaction)
    outbox.append(entries, in: transaction)
    for point in points { crashPoints.reach(point) }
    return outcomes
  }
}
