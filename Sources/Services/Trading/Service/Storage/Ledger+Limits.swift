import Core
import Postgres
import ServiceKit
import TradingDomain

extension Ledger {
  /// The limits that an account has of its own; none before anything was stored of it.
  func ownLimits(of account: AccountID) async throws -> OwnLimits {
    try await database.query(
      """
      -- name: account_limits
      SELECT \(OwnLimits.columns) FROM accounts WHERE id = \(account)
      """
    ).oneOrNone().map { try OwnLimits($0) } ?? .none
  }

  /// Gives an account limits of its own, in the place of all that it had.
  ///
  /// Every order that is placed or amended afterwards is checked against them: its transaction reads them under the lock
  /// of the account's row. The account's version stays, for nothing that was decided depends on it.
  func setOwnLimits(_ limits: OwnLimits, of account: AccountID) async throws {
    _ = try await database.transactionUntilKnown { transaction in
      try await transaction.query(
        """
        -- name: set_account_limits
        INSERT INTO accounts (id, \(OwnLimits.columns))
        VALUES (
          \(account), \(limits.maxOrderNotional), \(limits.maxPosition),
          \(limits.maxOpenNotional), \(limits.maxWorkingOrders))
        ON CONFLICT (id) DO UPDATE SET
          max_order_notional = excluded.max_order_notional, max_position = excluded.max_position,
          max_open_notional = excluded.max_open_notional,
          max_working_orders = excluded.max_working_orders
        """)
    }
  }
}
