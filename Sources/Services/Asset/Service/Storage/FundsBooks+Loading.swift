import AssetDomain
import Core
import Postgres
import ServiceKit

extension FundsBooks {
  /// Locks the accounts of a batch, making those that are missing, and reads what its operations depend on.
  ///
  /// No two transactions wait for each other's accounts. All are locked in the order of their ids, or none where one is
  /// missing: the missing ones are made in that order by somebody who has none locked, and then all are locked. So who makes
  /// accounts waits for others who make some, further on in the order, and for those who have locked all that they need. Who
  /// locks accounts waits for no new one: it does not see one before its maker is done.
  nonisolated(nonsending) func lock(
    _ batch: [Submission], in transaction: PostgresTransaction
  ) async throws -> FundsDesk {
    let accounts = Set(batch.map(\.key)).sorted { $0.rawValue < $1.rawValue }
    // Each statement sees what was committed before it began: those behind the lock see the accounts as
    // nobody else can change them any more.
    let reads = [lockQuery(accounts)] + reads(batch)
    var rows = try await transaction.pipeline(reads)
    if rows[0].count < accounts.count {
      transaction.send(
        """
        -- name: create_accounts
        INSERT INTO accounts (id)
        SELECT id FROM unnest(\(accounts)::uuid[]) AS named (id) ORDER BY id
        ON CONFLICT (id) DO NOTHING
        """)
      rows = try await transaction.pipeline(reads)
    }
    var wallets: [AccountID: [Wallet]] = [:]
    for row in rows[2] { wallets[try row.value("account_id"), default: []].append(try Wallet(row)) }
    return FundsDesk(
      accounts: try rows[0].map { row in
        let id: AccountID = try row.value("id")
        return try Account(row, id: id, wallets: wallets[id] ?? [])
      },
      reservations: try rows[1].map { try Reservation($0) },
      settlements: try rows[3].map { try Settlement($0) },
      deposits: try rows[4].map { try Deposit($0) })
  }

  /// All of the accounts, or none if one is missing.
  private func lockQuery(_ accounts: [AccountID]) -> PostgresQuery {
    """
    -- name: lock_accounts
    SELECT id, transaction_sequence, confirmation_sequence, last_posted_at
    FROM accounts
    WHERE id = ANY (\(accounts)::uuid[])
      AND (SELECT count(*) FROM accounts WHERE id = ANY (\(accounts)::uuid[])) = \(accounts.count)
    ORDER BY id FOR NO KEY UPDATE
    """
  }

  /// Reservations, wallets, and what has the names that operations give something: settlements and deposits.
  private func reads(_ batch: [Submission]) -> [PostgresQuery] {
    let orders = batch.compactMap { submission in
      submission.operation.orderID.map { (account: submission.key, order: $0) }
    }
    let assets = batch.flatMap { submission in
      submission.operation.assets.map { (account: submission.key, asset: $0) }
    }
    return [
      """
      -- name: reservations_by_order
      SELECT \(Reservation.columns) FROM reservations
      WHERE order_id = ANY (\(orders.map(\.order))::uuid[])
      """,
      """
      -- name: wallets_at_hand
      SELECT account_id, \(Wallet.columns)
      FROM (
        SELECT account_id, asset
        FROM unnest(\(assets.map(\.account))::uuid[], \(assets.map(\.asset))::text[])
          AS named (account_id, asset)
        UNION
        SELECT o.account_id, held.asset
        FROM unnest(\(orders.map(\.account))::uuid[], \(orders.map(\.order))::uuid[])
          AS o (account_id, order_id)
        JOIN reservations r ON r.order_id = o.order_id
        CROSS JOIN LATERAL (VALUES (r.give_asset), (r.take_asset)) AS held (asset)
      ) AS needed
      JOIN wallets USING (account_id, asset)
      """,
    ] + namesakeQueries(batch.map(\.operation))
  }

  private func namesakeQueries(_ operations: [FundsOperation]) -> [PostgresQuery] {
    var trades: [TradeID] = []
    var references: [String] = []
    for operation in operations {
      switch operation {
      case .reserve, .adjust: break
      case .capture(let capture): trades.append(capture.tradeID)
      case .deposit(let deposit): references.append(deposit.reference)
      }
    }
    return [
      """
      -- name: settlements_by_trade
      SELECT \(Settlement.columns) FROM settlements WHERE trade_id = ANY (\(trades)::uuid[])
      """,
      """
      -- name: deposits_by_reference
      SELECT \(Deposit.columns) FROM deposits WHERE reference = ANY (\(references)::text[])
      """,
    ]
  }
}
