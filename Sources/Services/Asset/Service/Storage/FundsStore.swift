import AssetDomain
import Core
import Postgres
import ProcessKit
import ServiceKit

/// Accounts, wallets, reservations and the ledger as they are stored.
struct FundsStore: Sendable {
  let database: PostgresPool
  private let crashPoints: CrashPoints
  private let books: FundsBooks
  private let commits: GroupCommit<AccountID, FundsOperation, FundsOutcome>

  /// Prepares for operations; nothing is asked of the database yet.
  init(database: PostgresPool, outbox: Outbox, clock: any Core.Clock, crashPoints: CrashPoints) {
    self.database = database
    self.crashPoints = crashPoints
    let books = FundsBooks(outbox: outbox, clock: clock, crashPoints: crashPoints)
    self.books = books
    commits = GroupCommit(database, GroupCommitLimits()) { try await books.apply($0, in: $1) }
  }

  /// Does an operation, in a transaction by itself or with what others ask for at the same time.
  ///
  /// Every operation first looks whether it has been done, so it is simply repeated when its outcome
  /// is not known.
  ///
  /// - Throws: `FundsRejection`; a `PostgresError`, whose `outcomeUnknown` says that no attempt has learned
  ///   whether the work was done; RESOURCE_EXHAUSTED when too many wait.
  func perform(_ operation: FundsOperation, for account: AccountID) async throws -> FundsOutcome {
    let outcome = try await commits.perform(operation, of: account)
    crashPoints.reach(AssetCrashPoint.around(operation).after)
    return outcome
  }

  /// Does operations in their order as a part of a transaction, which what the first of them is refused undoes.
  nonisolated(nonsending) func apply(
    _ batch: [FundsBooks.Submission], in transaction: PostgresTransaction
  ) async throws {
    guard !batch.isEmpty else { return }
    for outcome in try await books.apply(batch, in: transaction) { _ = try outcome.get() }
  }
}
