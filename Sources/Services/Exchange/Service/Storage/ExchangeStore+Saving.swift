import Core
import ExchangeDomain
import Postgres

extension ExchangeStore {
  /// Adds what happened to orders to what the transaction commits; the accounts are locked.
  func save(
    _ reports: [ExecutionReport], of accounts: some Sequence<ExchangeAccount>,
    in transaction: PostgresTransaction
  ) {
    for report in reports {
      switch report.type {
      case .accepted, .rejected: insert(report.order, in: transaction)
      case .trade, .canceled, .expired: update(report.order, in: transaction)
      }
      insert(report, in: transaction)
    }
    for account in accounts {
      transaction.send(
        """
        -- name: update_account
        UPDATE accounts SET report_sequence = \(account.reportSequence)
        WHERE name = \(account.name)
        """)
    }
  }

  private func insert(_ order: ExchangeOrder, in transaction: PostgresTransaction) {
    let terms = order.terms
    transaction.send(
      """
      -- name: insert_order
      INSERT INTO orders (
        id, account, client_order_id, symbol, side, quantity, limit_price, expires_at, state,
        filled_quantity, filled_notional, reject_reason, created_at, updated_at)
      VALUES (
        \(order.id), \(order.account), \(order.clientOrderID), \(terms.symbol), \(terms.side),
        \(terms.quantity), \(terms.limitPrice), \(terms.expiresAt), \(order.state),
        \(order.filledQuantity), \(order.filledNotional), \(order.rejectReason),
        \(order.createdAt), \(order.updatedAt))
      """)
  }

  private func update(_ order: ExchangeOrder, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: update_order
      UPDATE orders SET
        state = \(order.state), filled_quantity = \(order.filledQuantity),
        filled_notional = \(order.filledNotional), updated_at = \(order.updatedAt)
      WHERE id = \(order.id)
      """)
  }

  private func insert(_ report: ExecutionReport, in transaction: PostgresTransaction) {
    let order = report.order
    transaction.send(
      """
      -- name: insert_report
      INSERT INTO execution_reports (
        account, sequence, type, order_id, state, filled_quantity, filled_notional, execution_id,
        last_quantity, last_price, reported_at)
      VALUES (
        \(order.account), \(report.sequence), \(report.type), \(order.id), \(order.state),
        \(order.filledQuantity), \(order.filledNotional), \(report.execution?.id),
        \(report.execution?.quantity), \(report.execution?.price), \(report.reportedAt))
      """)
  }
}
