import Core
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// Accounts, orders, trades and positions as they are stored.
struct Ledger: Sendable {
  let database: PostgresPool
  /// The limits of an account that has none of its own.
  let defaultLimits: RiskLimits
  private let commits: GroupCommit<AccountID, LedgerOperation, LedgerOutcome>

  /// Prepares for operations; nothing is asked of the database yet.
  init(
    database: PostgresPool, defaultLimits: RiskLimits, outbox: Outbox, crashPoints: CrashPoints
  ) {
    self.database = database
    self.defaultLimits = defaultLimits
    let books = LedgerBooks(
      outbox: outbox, crashPoints: crashPoints, defaultLimits: defaultLimits)
    commits = GroupCommit(database, GroupCommitLimits()) { try await books.apply($0, in: $1) }
  }

  /// Does an operation on an order, in a transaction by itself or with what others ask for at the same time.
  ///
  /// It first looks at the order as it is stored, so it is simply repeated when its outcome is not known.
  ///
  /// - Throws: What the operation is refused; a `PostgresError`, whose `outcomeUnknown` says that no attempt has learned
  ///   whether the work was done; RESOURCE_EXHAUSTED when too many wait.
  func perform(
    _ operation: LedgerOperation, for account: AccountID
  ) async throws -> LedgerOutcome {
    try await commits.perform(operation, of: account)
  }
}
