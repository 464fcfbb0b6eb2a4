import Core
import Postgres
import TradingDomain

extension Ledger {
  /// Adds a change of an order to what the transaction commits, with its trade if there is one.
  ///
  /// The statement fails with a serialization failure unless the account and the order are as they
  /// were when the change was decided.
  ///
  /// - Parameter tellsVenue: whether the order is put into the inbox of the replica that matches.
  func update(_ change: Change, tellsVenue: Bool, in transaction: PostgresTransaction) {
    let order = change.order
    transaction.send(
      """
      -- name: update_order
      WITH account AS (\(accountUpdate(change.account)))\
      \(holdingUpdate(change))\(tradeInsertion(change.trade))\(workingDeletion(order))\
      \(tellsVenue ? inboxInsertion(order) : "")
      UPDATE orders SET
        state = \(order.state), filled_quantity = \(order.filledQuantity),
        filled_notional = \(order.filledNotional), fees_charged = \(order.feesCharged),
        reservation_total = \(order.reservationTotal), version = \(order.version),
        updated_at = \(order.updatedAt)\(rejection(order))\(terms(change))\
        \(routing(change))
      WHERE id = \(order.id)
      """)
  }

  private func accountUpdate(_ account: Account) -> PostgresQuery {
    """
    UPDATE accounts SET
      version = \(account.version), order_event_sequence = \(account.orderEventSequence),
      trade_sequence = \(account.tradeSequence), open_notional = \(account.openNotional),
      working_orders = \(account.workingOrders)
    WHERE id = \(account.id)
    """
  }

  /// Why an order was refused; nothing while it was not.
  private func rejection(_ order: Order) -> PostgresQuery {
    guard let reason = order.rejectReason else { return "" }
    return """
      , reject_reason = \(reason), reject_detail = \(order.rejectDetail),
        shortage_asset = \(order.shortage?.asset),
        shortage_requested = \(order.shortage?.requested),
        shortage_available = \(order.shortage?.available)
      """
  }

  /// The terms of an order that is amended, those that wait, and what was lacking for them; nothing while neither changes.
  private func terms(_ change: Change) -> PostgresQuery {
    guard change.changesTerms else { return "" }
    let order = change.order
    return """
      , quantity = \(order.quantity), limit_price = \(order.limitPrice),
        reserved_price = \(order.reservedPrice), placed_quantity = \(order.placedTerms.quantity),
        placed_limit_price = \(order.placedTerms.limitPrice),
        amended_quantity = \(order.amendment?.quantity),
        amended_limit_price = \(order.amendment?.limitPrice),
        shortage_asset = \(order.shortage?.asset),
        shortage_requested = \(order.shortage?.requested),
        shortage_available = \(order.shortage?.available)
      """
  }

  /// When the order was given over to the broker; nothing while it is not.
  private func routing(_ change: Change) -> PostgresQuery {
    change.routes ? ", routed_at = \(change.order.routedAt)" : ""
  }

  /// Nothing while an order is opened: that moves neither the position nor what is reserved.
  private func holdingUpdate(_ change: Change) -> PostgresQuery {
    guard change.event?.type != .created else { return "" }
    let holding = change.account.holding(of: change.order.symbol)
    let position = holding.position
    return """
      , holding AS (
        UPDATE positions SET
          quantity = \(position.quantity), cost = \(position.cost),
          realized_pnl = \(position.realizedPnL), fees = \(position.fees),
          open_buy = \(holding.openBuyQuantity), open_sell = \(holding.openSellQuantity),
          updated_at = \(position.updatedAt)
        WHERE account_id = \(change.account.id) AND symbol = \(change.order.symbol)
      )
      """
  }

  private func tradeInsertion(_ trade: Trade?) -> PostgresQuery {
    guard let trade else { return "" }
    return """
      , trade AS (
        INSERT INTO trades (\(Trade.columns))
        VALUES (
          \(trade.id), \(trade.venueTradeID), \(trade.orderID), \(trade.accountID),
          \(trade.sequence), \(trade.symbol), \(trade.side), \(trade.quantity), \(trade.price),
          \(trade.fee), \(trade.quoteSequence), \(trade.executedAt))
      )
      """
  }

  private func workingDeletion(_ order: Order) -> PostgresQuery {
    guard order.state.isFinal else { return "" }
    return """
      , working AS (
        DELETE FROM working_orders WHERE symbol = \(order.symbol) AND order_id = \(order.id)
      )
      """
  }

  private func inboxInsertion(_ order: Order) -> PostgresQuery {
    ", inbox AS (INSERT INTO venue_inbox (order_id) VALUES (\(order.id)))"
  }
}
