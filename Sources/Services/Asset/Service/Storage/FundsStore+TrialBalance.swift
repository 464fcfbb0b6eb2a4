import AssetDomain
import Core
import Postgres

extension FundsStore {
  /// What the whole ledger adds up to.
  struct TrialBalance: Sendable {
    let lines: [Line]
    /// Wallets that are not the sum of their postings.
    let walletDifferences: Int64
    /// Wallets that hold another amount in reserve than their orders do.
    let reservationDifferences: Int64

    struct Line: Sendable {
      let asset: AssetID
      let ledgerAccount: LedgerAccount
      let balance: Decimal
    }

    /// Whether the lines of each asset add up to zero and nothing differs.
    var isBalanced: Bool {
      let sums = Dictionary(grouping: lines, by: \.asset).values.map { lines in
        lines.reduce(Decimal.zero) { $0 + $1.balance }
      }
      return sums.allSatisfy { $0.isZero } && walletDifferences == 0 && reservationDifferences == 0
    }
  }

  /// Adds up all postings, and compares the wallets with theirs, at one moment.
  func trialBalance() async throws -> TrialBalance {
    let rows = try await database.transaction(isolation: .repeatableRead) { transaction in
      try await transaction.pipeline([
        Self.linesQuery, Self.walletDifferencesQuery, Self.reservationDifferencesQuery,
      ])
    }
    return TrialBalance(
      lines: try rows[0].map { row in
        TrialBalance.Line(
          asset: try row.value("asset"), ledgerAccount: try row.value("ledger_account"),
          balance: try row.value("balance"))
      },
      walletDifferences: try rows[1].one().value("differences"),
      reservationDifferences: try rows[2].one().value("differences"))
  }

  private static let linesQuery: PostgresQuery = """
    -- name: trial_balance
    SELECT asset, ledger_account, sum(amount) AS balance FROM postings
    GROUP BY asset, ledger_account ORDER BY asset, ledger_account
    """

  private static let walletDifferencesQuery: PostgresQuery = """
    -- name: wallet_differences
    SELECT count(*) AS differences
    FROM wallets w
    FULL JOIN (
      SELECT t.account_id, p.asset,
        coalesce(sum(p.amount) FILTER (WHERE p.ledger_account = 'AVAILABLE'), 0) AS available,
        coalesce(sum(p.amount) FILTER (WHERE p.ledger_account = 'RESERVED'), 0) AS reserved
      FROM postings p JOIN ledger_transactions t ON t.id = p.transaction_id
      WHERE p.ledger_account IN ('AVAILABLE', 'RESERVED')
      GROUP BY t.account_id, p.asset
    ) f USING (account_id, asset)
    WHERE (w.available, w.reserved) IS DISTINCT FROM (f.available, f.reserved)
    """

  private static let reservationDifferencesQuery: PostgresQuery = """
    -- name: reservation_differences
    SELECT count(*) AS differences
    FROM wallets w
    FULL JOIN (
      SELECT account_id, give_asset AS asset, sum(total - captured) AS held
      FROM reservations WHERE give_asset IS NOT NULL GROUP BY account_id, give_asset
    ) r USING (account_id, asset)
    WHERE coalesce(w.reserved, 0) <> coalesce(r.held, 0)
    """
}
