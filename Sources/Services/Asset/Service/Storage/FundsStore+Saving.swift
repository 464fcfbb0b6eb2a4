import AssetDomain
import Core
import Postgres

extension FundsStore {
  /// Adds a change to what the transaction commits.
  ///
  /// - Parameter isNewOrder: whether the change's reservation is the first of its order. If another account
  ///   has one under the same name by now, the statement fails with a unique violation.
  func save(_ change: Change, isNewOrder: Bool, in transaction: PostgresTransaction) {
    if let entry = change.transaction {
      transaction.send(entryInsertion(entry, of: change))
    }
    if let reservation = change.reservation {
      transaction.send(isNewOrder ? insertion(reservation) : update(reservation))
    }
    if let settlement = change.settlement { transaction.send(insertion(settlement)) }
    if let deposit = change.deposit { transaction.send(insertion(deposit)) }
  }

  /// The entry of the ledger, the account's counters and the wallets after it, by one statement.
  private func entryInsertion(_ entry: LedgerTransaction, of change: Change) -> PostgresQuery {
    let (account, wallets) = (change.account, change.wallets)
    return """
      -- name: post_transaction
      WITH account AS (
        UPDATE accounts SET
          transaction_sequence = \(account.transactionSequence),
          confirmation_sequence = \(account.confirmationSequence),
          last_posted_at = \(account.lastPostedAt)
        WHERE id = \(account.id)
      ),
      wallet AS (
        INSERT INTO wallets (account_id, asset, available, reserved, updated_at)
        SELECT \(account.id), w.asset, w.available, w.reserved, \(entry.postedAt)
        FROM unnest(
          \(wallets.map(\.asset))::text[], \(wallets.map(\.available)), \(wallets.map(\.reserved))
        ) AS w (asset, available, reserved)
        ON CONFLICT (account_id, asset) DO UPDATE SET
          available = EXCLUDED.available, reserved = EXCLUDED.reserved,
          updated_at = EXCLUDED.updated_at
      ),
      entry AS (
        INSERT INTO ledger_transactions (
          id, account_id, sequence, kind, order_id, reference, posted_at)
        VALUES (
          \(entry.id), \(entry.accountID), \(entry.sequence), \(entry.kind), \(entry.orderID),
          \(entry.reference), \(entry.postedAt))
      )
      INSERT INTO postings (transaction_id, ledger_account, asset, amount)
      SELECT \(entry.id), p.ledger_account, p.asset, p.amount
      FROM unnest(
        \(entry.postings.map(\.ledgerAccount.rawValue))::text[],
        \(entry.postings.map(\.money.asset))::text[], \(entry.postings.map(\.money.amount))
      ) AS p (ledger_account, asset, amount)
      """
  }

  private func insertion(_ reservation: Reservation) -> PostgresQuery {
    """
    -- name: insert_reservation
    INSERT INTO reservations (
      order_id, account_id, give_asset, take_asset, amount, total, captured, version, is_final)
    VALUES (
      \(reservation.orderID), \(reservation.accountID), \(reservation.terms?.giveAsset),
      \(reservation.terms?.takeAsset), \(reservation.terms?.amount), \(reservation.total),
      \(reservation.captured), \(reservation.version), \(reservation.isFinal))
    """
  }

  private func update(_ reservation: Reservation) -> PostgresQuery {
    """
    -- name: update_reservation
    UPDATE reservations SET
      total = \(reservation.total), captured = \(reservation.captured),
      version = \(reservation.version), is_final = \(reservation.isFinal)
    WHERE order_id = \(reservation.orderID)
    """
  }

  private func insertion(_ settlement: Settlement) -> PostgresQuery {
    let terms = settlement.terms
    return """
      -- name: insert_settlement
      INSERT INTO settlements (\(Settlement.columns))
      VALUES (
        \(settlement.tradeID), \(terms.orderID), \(settlement.accountID), \(settlement.sequence),
        \(settlement.giveAsset), \(terms.give), \(settlement.takeAsset), \(terms.take),
        \(terms.fee), \(terms.feeSide), \(settlement.transactionID), \(settlement.settledAt))
      """
  }

  private func insertion(_ deposit: Deposit) -> PostgresQuery {
    """
    -- name: insert_deposit
    INSERT INTO deposits (\(Deposit.columns))
    VALUES (
      \(deposit.id), \(deposit.accountID), \(deposit.money.asset), \(deposit.money.amount),
      \(deposit.reference), \(deposit.operatorID), \(deposit.transactionID),
      \(deposit.createdAt))
    """
  }
}
