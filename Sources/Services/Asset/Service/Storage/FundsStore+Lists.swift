import AssetDomain
import Core
import Postgres

extension FundsStore {
  /// An account's wallets, by asset.
  func wallets(
    of account: AccountID, after asset: AssetID?, limit: Int
  ) async throws -> [Wallet] {
    try await database.query(
      """
      -- name: list_wallets
      SELECT \(Wallet.columns) FROM wallets
      WHERE account_id = \(account)\(clause(" AND asset > ", asset))
      ORDER BY account_id, asset LIMIT \(limit)
      """
    ).map { try Wallet($0) }
  }

  /// All of an account's wallets, by asset, and the sequence of the last transaction that they include.
  func walletSnapshot(
    of account: AccountID
  ) async throws -> (wallets: [Wallet], sequence: Int64) {
    // One statement: the wallets and the sequence are of one moment.
    let rows = try await database.query(
      """
      -- name: wallet_snapshot
      SELECT a.transaction_sequence, w.asset, w.available, w.reserved, w.updated_at
      FROM accounts a LEFT JOIN wallets w ON w.account_id = a.id
      WHERE a.id = \(account) ORDER BY w.asset
      """)
    guard let first = rows.first else { return ([], 0) }
    let wallets = try rows.filter { try $0.decode(AssetID?.self, "asset") != nil }
    return (try wallets.map { try Wallet($0) }, try first.value("transaction_sequence"))
  }

  /// Which of an account's transactions are listed.
  struct TransactionFilter: Sendable {
    var asset: AssetID?
    var order: OrderID?
    /// Only transactions older than the one of this sequence.
    var before: Int64?
  }

  /// An account's transactions with their postings, newest first.
  func transactions(
    of account: AccountID, _ filter: TransactionFilter, limit: Int
  ) async throws -> [LedgerTransaction] {
    let rows = try await database.query(
      """
      -- name: list_transactions
      SELECT t.id, t.sequence, t.kind, t.order_id, t.reference, t.posted_at, p.ledger_accounts,
        p.assets, p.amounts
      FROM ledger_transactions t
      CROSS JOIN LATERAL (
        SELECT array_agg(ledger_account ORDER BY asset, ledger_account) AS ledger_accounts,
          array_agg(asset ORDER BY asset, ledger_account) AS assets,
          array_agg(amount ORDER BY asset, ledger_account) AS amounts
        FROM postings WHERE transaction_id = t.id
      ) p
      WHERE t.account_id = \(account)\(clause(" AND t.sequence < ", filter.before))\
      \(clause(" AND t.order_id = ", filter.order))\(movesClause(filter.asset))
      ORDER BY t.account_id DESC, t.sequence DESC LIMIT \(limit)
      """)
    return try rows.map { try LedgerTransaction($0, of: account) }
  }

  private func movesClause(_ asset: AssetID?) -> PostgresQuery {
    guard let asset else { return "" }
    return """
       AND EXISTS (
        SELECT FROM postings WHERE transaction_id = t.id AND asset = \(asset))
      """
  }

  /// A condition, or nothing without a value.
  func clause(
    _ condition: PostgresQuery, _ value: (some PostgresEncodable)?
  ) -> PostgresQuery {
    guard let value else { return "" }
    return "\(condition)\(value)"
  }
}

extension LedgerTransaction {
  init(_ row: PostgresRow, of account: AccountID) throws {
    let id: LedgerTransactionID = try row.value("id")
    let places: [String] = try row.value("ledger_accounts")
    let assets: [AssetID] = try row.value("assets")
    let amounts: [Decimal] = try row.value("amounts")
    let postings = try places.indices.map { index in
      guard let place = LedgerAccount(rawValue: places[index]) else {
        throw CorruptRow(description: "transaction \(id)")
      }
      return Posting(place, Money(asset: assets[index], amount: amounts[index]))
    }
    let transaction = LedgerTransaction(
      id: id, accountID: account, sequence: try row.value("sequence"),
      kind: try row.value("kind"), orderID: try row.value("order_id"),
      reference: try row.value("reference"), postedAt: try row.value("posted_at"),
      postings: postings)
    guard let transaction else { throw CorruptRow(description: "transaction \(id)") }
    self = transaction
  }
}
