import AssetDomain
import Core
import Postgres

extension FundsStore {
  /// What a statement is of.
  struct StatementRange: Sendable {
    let asset: AssetID
    /// From when on; nil for the beginning.
    var from: Instant?
    /// Until when, not included; nil for no end.
    var until: Instant?
    /// Only transactions later than the one of this sequence, where a page before ended.
    var after: Int64?
  }

  /// One line of a statement: a transaction that changed the wallet's total.
  struct StatementLine: Sendable {
    let id: LedgerTransactionID
    let sequence: Int64
    let kind: TransactionKind
    let orderID: OrderID?
    let reference: String
    let amount: Decimal
    let postedAt: Instant
  }

  /// What the wallet held before the range, and what came and went in it, oldest first.
  ///
  /// The ledger's time does not go back within an account, so a range of time is a range of sequences.
  func statement(
    of account: AccountID, _ range: StatementRange, limit: Int
  ) async throws -> (opening: Decimal, lines: [StatementLine]) {
    let owned: PostgresQuery = """
      FROM ledger_transactions t JOIN postings p ON p.transaction_id = t.id
      WHERE t.account_id = \(account) AND p.asset = \(range.asset)
        AND p.ledger_account IN ('AVAILABLE', 'RESERVED')
      """
    let opening: PostgresQuery = """
      -- name: statement_opening
      SELECT coalesce(sum(p.amount), 0) AS opening \(owned) \(before(range))
      """
    let lines: PostgresQuery = """
      -- name: statement_lines
      SELECT t.id, t.sequence, t.kind, t.order_id, t.reference, t.posted_at,
        sum(p.amount) AS amount \(owned)\(clause(" AND t.posted_at >= ", range.from))\
      \(clause(" AND t.posted_at < ", range.until))\(clause(" AND t.sequence > ", range.after))
      GROUP BY t.id HAVING sum(p.amount) <> 0
      ORDER BY t.sequence LIMIT \(limit)
      """
    // Of one moment: what is posted between the two would be in neither.
    let rows = try await database.transaction(isolation: .repeatableRead) { transaction in
      try await transaction.pipeline([opening, lines])
    }
    return (
      try rows[0].one().value("opening"),
      try rows[1].map { row in
        StatementLine(
          id: try row.value("id"), sequence: try row.value("sequence"),
          kind: try row.value("kind"), orderID: try row.value("order_id"),
          reference: try row.value("reference"), amount: try row.value("amount"),
          postedAt: try row.value("posted_at"))
      }
    )
  }

  /// What comes before a range: nothing, when it begins at the beginning.
  private func before(_ range: StatementRange) -> PostgresQuery {
    if let after = range.after { return " AND t.sequence <= \(after)" }
    guard let from = range.from else { return " AND false" }
    return " AND t.posted_at < \(from)"
  }
}
