import AssetDomain
import Core
import Postgres

extension FundsStore {
  /// What an operation is decided from.
  struct Desk {
    let account: Account
    let reservation: Reservation?
    let settlement: Settlement?
    let deposit: Deposit?

    /// What the operation comes to; nil when it had been done before.
    func decide(
      _ operation: FundsOperation, id: LedgerTransactionID, at now: Instant
    ) throws(FundsRejection) -> Change? {
      switch operation {
      case .reserve(let reserve):
        try reserve.decide(for: account, existing: reservation, id: id, at: now)
      case .adjust(let adjust):
        try adjust.decide(for: account, existing: reservation, id: id, at: now)
      case .capture(let capture):
        try capture.decide(
          for: account, existing: reservation, settled: settlement, id: id, at: now)
      case .deposit(let deposit):
        try deposit.decide(
          for: account, namesake: self.deposit, depositID: DepositID(UUIDv7.make(now: now)),
          id: id, at: now)
      }
    }
  }

  /// Locks an account, making it if need be, and reads what the operation depends on.
  ///
  /// A transaction locks one account and nothing else that others wait for: no two of them can wait
  /// for each other.
  nonisolated(nonsending) func lock(
    _ account: AccountID, for operation: FundsOperation, in transaction: PostgresTransaction
  ) async throws -> Desk {
    // Each statement sees what was committed before it began: those behind the lock see the account as
    // nobody else can change it any more.
    let reads =
      [lockQuery(account), namesakeQuery(operation)] + fundsQueries(operation, of: account)
    var rows = try await transaction.pipeline(reads)
    if rows[0].isEmpty {
      transaction.send(
        """
        -- name: create_account
        INSERT INTO accounts (id) VALUES (\(account)) ON CONFLICT (id) DO NOTHING
        """)
      rows = try await transaction.pipeline(reads)
    }
    let account = try Account(
      try rows[0].one(), id: account, wallets: try rows[3].map { try Wallet($0) })
    let reservation = try rows[2].oneOrNone().map { try Reservation($0) }
    let namesake = try rows[1].oneOrNone()
    switch operation {
    case .reserve, .adjust:
      return Desk(account: account, reservation: reservation, settlement: nil, deposit: nil)
    case .capture:
      return Desk(
        account: account, reservation: reservation,
        settlement: try namesake.map { try Settlement($0) }, deposit: nil)
    case .deposit:
      return Desk(
        account: account, reservation: nil, settlement: nil,
        deposit: try namesake.map { try Deposit($0) })
    }
  }

  private func lockQuery(_ account: AccountID) -> PostgresQuery {
    """
    -- name: lock_account
    SELECT transaction_sequence, confirmation_sequence, last_posted_at
    FROM accounts WHERE id = \(account) FOR NO KEY UPDATE
    """
  }

  /// What has the name that the operation gives something; for those that name nothing, no row.
  private func namesakeQuery(_ operation: FundsOperation) -> PostgresQuery {
    switch operation {
    case .reserve, .adjust: "-- name: no_namesake\nSELECT WHERE false"
    case .capture(let capture):
      """
      -- name: settlement_by_trade
      SELECT \(Settlement.columns) FROM settlements WHERE trade_id = \(capture.tradeID)
      """
    case .deposit(let deposit):
      """
      -- name: deposit_by_reference
      SELECT \(Deposit.columns) FROM deposits WHERE reference = \(deposit.reference)
      """
    }
  }

  private func fundsQueries(
    _ operation: FundsOperation, of account: AccountID
  ) -> [PostgresQuery] {
    let order = operation.orderID
    return [
      """
      -- name: reservation_by_order
      SELECT \(Reservation.columns) FROM reservations WHERE order_id = \(order)
      """,
      """
      -- name: wallets_at_hand
      SELECT \(Wallet.columns) FROM wallets
      WHERE account_id = \(account) AND (
        asset = ANY (\(operation.assets)::text[]) OR asset IN (
          SELECT unnest(ARRAY[give_asset, take_asset]) FROM reservations
          WHERE order_id = \(order)))
      """,
    ]
  }
}
