import Core
import Postgres
import TradingDomain

extension LedgerBooks {
  /// Adds what was decided to what the transaction commits, by one statement: of accounts and holdings how they stand in the end.
  func save(
    _ desk: LedgerDesk, tellingVenueOf inbox: [OrderID], in transaction: PostgresTransaction
  ) {
    let (placed, changed) = (desk.placed, desk.changed)
    transaction.send(
      """
      -- name: save_orders
      WITH account AS (\(accountsUpdate(desk))),
      holding AS (\(holdingsUpdate(desk))),
      placed AS (\(orders(placed))),
      new_working AS (
        INSERT INTO working_orders (symbol, order_id, account_id, expires_at)
        SELECT symbol, id, account_id, expires_at FROM placed
        WHERE id <> ALL (\(placed.filter(\.state.isFinal).map(\.id))::uuid[])
      ),
      ended AS (\(workingDeletion(changed.filter(\.state.isFinal)))),
      told AS (INSERT INTO venue_inbox (order_id) SELECT * FROM unnest(\(inbox)::uuid[])),
      changed AS (\(ordersUpdate(changed)))
      INSERT INTO orders (
        id, account_id, client_order_id, symbol, quote_asset, side, quantity, limit_price,
        reserved_price, fee_rate, fee_scale, protection_price, expires_at, state,
        filled_quantity, filled_notional, fees_charged, reservation_total, version, created_at,
        updated_at, reject_reason, shortage_asset, shortage_requested, shortage_available,
        connection_id)
      SELECT * FROM placed
      """)
  }

  private func accountsUpdate(_ desk: LedgerDesk) -> PostgresQuery {
    let accounts = desk.changedAccounts
    return """
      UPDATE accounts a SET
        version = u.version, order_event_sequence = u.order_event_sequence,
        trade_sequence = u.trade_sequence, open_notional = u.open_notional,
        working_orders = u.working_orders
      FROM unnest(
        \(accounts.map(\.id))::uuid[], \(accounts.map(\.version)),
        \(accounts.map(\.orderEventSequence)), \(accounts.map(\.tradeSequence)),
        \(accounts.map(\.openNotional)), \(accounts.map(\.workingOrders))
      ) AS u (
        id, version, order_event_sequence, trade_sequence, open_notional, working_orders)
      WHERE a.id = u.id
      """
  }

  /// What working orders may add to positions; the positions themselves stay.
  private func holdingsUpdate(_ desk: LedgerDesk) -> PostgresQuery {
    let rows = desk.holdings.compactMap { key in
      desk.accounts[key.account].map { (key: key, holding: $0.holding(of: key.symbol)) }
    }
    return """
      INSERT INTO positions (
        account_id, symbol, quantity, cost, realized_pnl, fees, open_buy, open_sell, updated_at)
      SELECT * FROM unnest(
        \(rows.map(\.key.account))::uuid[], \(rows.map(\.key.symbol))::text[],
        \(rows.map(\.holding.position.quantity)), \(rows.map(\.holding.position.cost)),
        \(rows.map(\.holding.position.realizedPnL)), \(rows.map(\.holding.position.fees)),
        \(rows.map(\.holding.openBuyQuantity)), \(rows.map(\.holding.openSellQuantity)),
        \(rows.map(\.holding.position.updatedAt)))
      ON CONFLICT (account_id, symbol) DO UPDATE
      SET open_buy = EXCLUDED.open_buy, open_sell = EXCLUDED.open_sell
      """
  }

  /// New orders as rows.
  private func orders(_ orders: [Order]) -> PostgresQuery {
    """
    SELECT * FROM unnest(
      \(orders.map(\.id))::uuid[], \(orders.map(\.accountID))::uuid[],
      \(orders.map(\.clientOrderID.rawValue))::text[], \(orders.map(\.symbol))::text[],
      \(orders.map(\.quoteAsset.rawValue))::text[], \(orders.map(\.side.rawValue))::text[],
      \(orders.map(\.quantity)), \(orders.map(\.limitPrice)), \(orders.map(\.reservedPrice)),
      \(orders.map(\.fees.rate)), \(orders.map { Int64($0.fees.scale) }),
      \(orders.map(\.protectionPrice)), \(orders.map(\.expiresAt)),
      \(orders.map(\.state.rawValue))::text[], \(orders.map(\.filledQuantity)),
      \(orders.map(\.filledNotional)), \(orders.map(\.feesCharged)),
      \(orders.map(\.reservationTotal)), \(orders.map(\.version)), \(orders.map(\.createdAt)),
      \(orders.map(\.updatedAt)), \(orders.map(\.rejectReason?.rawValue))::text[],
      \(orders.map(\.shortage?.asset.rawValue))::text[], \(orders.map(\.shortage?.requested)),
      \(orders.map(\.shortage?.available)), \(orders.map(\.connectionID?.rawValue))::text[]
    ) AS o (
      id, account_id, client_order_id, symbol, quote_asset, side, quantity, limit_price,
      reserved_price, fee_rate, fee_scale, protection_price, expires_at, state,
      filled_quantity, filled_notional, fees_charged, reservation_total, version, created_at,
      updated_at, reject_reason, shortage_asset, shortage_requested, shortage_available,
      connection_id)
    """
  }

  private func ordersUpdate(_ orders: [Order]) -> PostgresQuery {
    """
    UPDATE orders o SET
      state = u.state, reservation_total = u.reservation_total, version = u.version,
      updated_at = u.updated_at, reject_reason = u.reject_reason,
      reject_detail = u.reject_detail, shortage_asset = u.shortage_asset, shortage_requested = u.shortage_requested,
      shortage_available = u.shortage_available
    FROM unnest(
      \(orders.map(\.id))::uuid[], \(orders.map(\.state.rawValue))::text[],
      \(orders.map(\.reservationTotal)), \(orders.map(\.version)), \(orders.map(\.updatedAt)),
      \(orders.map(\.rejectReason?.rawValue))::text[], \(orders.map(\.rejectDetail))::text[],
      \(orders.map(\.shortage?.asset.rawValue))::text[], \(orders.map(\.shortage?.requested)),
      \(orders.map(\.shortage?.available))
    ) AS u (
      id, state, reservation_total, version, updated_at, reject_reason, reject_detail,
      shortage_asset, shortage_requested, shortage_available)
    WHERE o.id = u.id
    """
  }

  private func workingDeletion(_ orders: [Order]) -> PostgresQuery {
    """
    DELETE FROM working_orders w
    USING unnest(\(orders.map(\.symbol))::text[], \(orders.map(\.id))::uuid[])
      AS u (symbol, order_id)
    WHERE w.symbol = u.symbol AND w.order_id = u.order_id
    """
  }
}
