import AssetDomain
import Core
import Postgres

extension FundsBooks {
  /// Adds what was decided to what the transaction commits: of accounts, wallets and reservations how they stand in the end.
  ///
  /// If another account has a reservation under the same name by now, the statement fails with a unique violation.
  func save(_ desk: FundsDesk, in transaction: PostgresTransaction) {
    if desk.changes.contains(where: { $0.transaction != nil }) {
      transaction.send(entriesInsertion(desk))
    }
    let changed = Set(desk.changes.compactMap(\.reservation?.orderID))
    let reservations = changed.compactMap { desk.reservations[$0] }
    let new = reservations.filter { !desk.storedOrders.contains($0.orderID) }
    if !new.isEmpty { transaction.send(insertion(new)) }
    let known = reservations.filter { desk.storedOrders.contains($0.orderID) }
    if !known.isEmpty { transaction.send(update(known)) }
    let settlements = desk.changes.compactMap(\.settlement)
    if !settlements.isEmpty { transaction.send(insertion(settlements)) }
    let deposits = desk.changes.compactMap(\.deposit)
    if !deposits.isEmpty { transaction.send(insertion(deposits)) }
  }

  /// The entries of the ledger, the accounts' counters and the wallets after them, by one statement.
  private func entriesInsertion(_ desk: FundsDesk) -> PostgresQuery {
    let moved = desk.changes.filter { $0.transaction != nil }
    let entries = moved.compactMap(\.transaction)
    let accounts = Set(moved.map(\.account.id)).compactMap { desk.accounts[$0] }
    let wallets = accounts.flatMap { account in
      Set(moved.filter { $0.account.id == account.id }.flatMap(\.wallets).map(\.asset))
        .map { (account: account.id, wallet: account.wallet(of: $0)) }
    }
    let postings = entries.flatMap { entry in
      entry.postings.map { (entry: entry.id, posting: $0) }
    }
    return """
      -- name: post_transactions
      WITH account AS (
        UPDATE accounts a SET
          transaction_sequence = u.transaction_sequence,
          confirmation_sequence = u.confirmation_sequence, last_posted_at = u.last_posted_at
        FROM unnest(
          \(accounts.map(\.id))::uuid[], \(accounts.map(\.transactionSequence)),
          \(accounts.map(\.confirmationSequence)), \(accounts.map(\.lastPostedAt))
        ) AS u (id, transaction_sequence, confirmation_sequence, last_posted_at)
        WHERE a.id = u.id
      ),
      wallet AS (
        INSERT INTO wallets (account_id, asset, available, reserved, updated_at)
        SELECT * FROM unnest(
          \(wallets.map(\.account))::uuid[], \(wallets.map(\.wallet.asset))::text[],
          \(wallets.map(\.wallet.available)), \(wallets.map(\.wallet.reserved)),
          \(wallets.map(\.wallet.updatedAt)))
        ON CONFLICT (account_id, asset) DO UPDATE SET
          available = EXCLUDED.available, reserved = EXCLUDED.reserved,
          updated_at = EXCLUDED.updated_at
      ),
      entry AS (
        INSERT INTO ledger_transactions (
          id, account_id, sequence, kind, order_id, reference, posted_at)
        SELECT * FROM unnest(
          \(entries.map(\.id.rawValue))::uuid[], \(entries.map(\.accountID))::uuid[],
          \(entries.map(\.sequence)), \(entries.map(\.kind.rawValue))::text[],
          \(entries.map(\.orderID))::uuid[], \(entries.map(\.reference))::text[],
          \(entries.map(\.postedAt)))
      )
      INSERT INTO postings (transaction_id, ledger_account, asset, amount)
      SELECT * FROM unnest(
        \(postings.map(\.entry.rawValue))::uuid[],
        \(postings.map(\.posting.ledgerAccount.rawValue))::text[],
        \(postings.map(\.posting.money.asset))::text[], \(postings.map(\.posting.money.amount)))
      """
  }

  private func insertion(_ reservations: [Reservation]) -> PostgresQuery {
    """
    -- name: insert_reservations
    INSERT INTO reservations (
      order_id, account_id, give_asset, take_asset, amount, total, captured, version, is_final)
    SELECT * FROM unnest(
      \(reservations.map(\.orderID))::uuid[], \(reservations.map(\.accountID))::uuid[],
      \(reservations.map(\.terms?.giveAsset))::text[],
      \(reservations.map(\.terms?.takeAsset))::text[], \(reservations.map(\.terms?.amount)),
      \(reservations.map(\.total)), \(reservations.map(\.captured)),
      \(reservations.map(\.version)), \(reservations.map(\.isFinal)))
    """
  }

  private func update(_ reservations: [Reservation]) -> PostgresQuery {
    """
    -- name: update_reservations
    UPDATE reservations r SET
      total = u.total, captured = u.captured, version = u.version, is_final = u.is_final
    FROM unnest(
      \(reservations.map(\.orderID))::uuid[], \(reservations.map(\.total)),
      \(reservations.map(\.captured)), \(reservations.map(\.version)),
      \(reservations.map(\.isFinal))
    ) AS u (order_id, total, captured, version, is_final)
    WHERE r.order_id = u.order_id
    """
  }

  private func insertion(_ settlements: [Settlement]) -> PostgresQuery {
    """
    -- name: insert_settlements
    INSERT INTO settlements (\(Settlement.columns))
    SELECT * FROM unnest(
      \(settlements.map(\.tradeID))::uuid[], \(settlements.map(\.terms.orderID))::uuid[],
      \(settlements.map(\.accountID))::uuid[], \(settlements.map(\.sequence)),
      \(settlements.map(\.giveAsset))::text[], \(settlements.map(\.terms.give)),
      \(settlements.map(\.takeAsset))::text[], \(settlements.map(\.terms.take)),
      \(settlements.map(\.terms.fee)), \(settlements.map(\.terms.feeSide.rawValue))::text[],
      \(settlements.map(\.transactionID.rawValue))::uuid[], \(settlements.map(\.settledAt)))
    """
  }

  private func insertion(_ deposits: [Deposit]) -> PostgresQuery {
    """
    -- name: insert_deposits
    INSERT INTO deposits (\(Deposit.columns))
    SELECT * FROM unnest(
      \(deposits.map(\.id.rawValue))::uuid[], \(deposits.map(\.accountID))::uuid[],
      \(deposits.map(\.money.asset))::text[], \(deposits.map(\.money.amount)),
      \(deposits.map(\.reference))::text[], \(deposits.map(\.operatorID))::text[],
      \(deposits.map(\.transactionID.rawValue))::uuid[], \(deposits.map(\.createdAt)))
    """
  }
}
