import AssetDomain
import Core
import Postgres
import ServiceKit

/// Accounts, wallets, reservations and the ledger as they are stored, and everything that moves them.
struct FundsStore: Sendable {
  let database: PostgresPool
  let outbox: Outbox
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// Does an operation in a transaction of its own.
  ///
  /// Every operation first looks whether it has been done, so it is simply repeated when its outcome
  /// is not known.
  ///
  /// - Throws: `FundsRejection`, or a `PostgresError`; `outcomeUnknown` says that no attempt has learned
  ///   whether the work was done.
  func perform(_ operation: FundsOperation, for account: AccountID) async throws -> FundsOutcome {
    let outcome = try await database.transactionUntilKnown { transaction throws -> FundsOutcome in
      try await apply(operation, for: account, in: transaction)
    }
    crashPoints.reach(AssetCrashPoint.around(operation).after)
    outbox.wake()
    return outcome
  }

  /// Does an operation as a part of a transaction: two round trips, of which the second is the commit's.
  nonisolated(nonsending) func apply(
    _ operation: FundsOperation, for account: AccountID, in transaction: PostgresTransaction
  ) async throws -> FundsOutcome {
    let desk = try await lock(account, for: operation, in: transaction)
    let now = clock.now
    let change = try desk.decide(
      operation, id: LedgerTransactionID(UUIDv7.make(now: now)), at: now)
    guard let change else {
      return FundsOutcome(
        reservation: desk.reservation, settlement: desk.settlement, deposit: desk.deposit)
    }
    save(change, isNewOrder: desk.reservation == nil, in: transaction)
    outbox.append(change, in: transaction)
    crashPoints.reach(AssetCrashPoint.around(operation).before)
    return FundsOutcome(
      reservation: change.reservation, settlement: change.settlement, deposit: change.deposit)
  }
}
