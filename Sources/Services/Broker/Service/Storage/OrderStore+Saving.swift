import BrokerDomain
import Core
import Postgres
import ServiceKit

extension OrderStore {
  /// Locks an order that may be there.
  func lockQuery(_ id: ClientOrderID) -> PostgresQuery {
    """
    -- name: lock_routed_order
    SELECT \(RoutedOrder.columns) FROM routed_orders WHERE client_order_id = \(id)
    FOR NO KEY UPDATE
    """
  }

  /// Locks a connection, making its row if it is missing.
  nonisolated(nonsending) func lock(
    _ id: ConnectionID, in transaction: PostgresTransaction
  ) async throws -> Connection {
    let rows = try await transaction.query(lockQuery(id))
    if let row = rows.first { return try Connection(row) }
    return try await make(id, in: transaction)
  }

  /// Locks a connection and then an order, which it reads.
  nonisolated(nonsending) func lock(
    _ id: ConnectionID, order: ClientOrderID, in transaction: PostgresTransaction
  ) async throws -> (Connection, RoutedOrder?) {
    // The second statement sees what was committed before it began: nobody changes an order and tells of it any more.
    let rows = try await transaction.pipeline([lockQuery(id), lockQuery(order)])
    guard let row = rows[0].first else {
      let connection = try await make(id, in: transaction)
      let stored = try await transaction.query(lockQuery(order)).oneOrNone()
      return (connection, try stored.map { try RoutedOrder($0) })
    }
    return (try Connection(row), try rows[1].oneOrNone().map { try RoutedOrder($0) })
  }

  private func lockQuery(_ id: ConnectionID) -> PostgresQuery {
    """
    -- name: lock_connection
    SELECT id, report_sequence, event_sequence FROM connections WHERE id = \(id)
    FOR NO KEY UPDATE
    """
  }

  private nonisolated(nonsending) func make(
    _ id: ConnectionID, in transaction: PostgresTransaction
  ) async throws -> Connection {
    transaction.send(
      """
      -- name: create_connection
      INSERT INTO connections (id) VALUES (\(id)) ON CONFLICT (id) DO NOTHING
      """)
    return try Connection(try await transaction.query(lockQuery(id)).one())
  }

  // MARK: - Sent with the next statement, or with COMMIT

  /// Adds an order.
  func insert(_ order: RoutedOrder, in transaction: PostgresTransaction) {
    let terms = order.terms
    transaction.send(
      """
      -- name: insert_routed_order
      INSERT INTO routed_orders (\(RoutedOrder.columns))
      VALUES (
        \(terms.clientOrderID), \(terms.connectionID), \(terms.accountID), \(terms.symbol),
        \(terms.side), \(terms.quantity), \(terms.worstPrice), \(terms.expiresAt), \(order.state),
        \(order.isCancelRequested), \(order.filledQuantity), \(order.filledNotional),
        \(order.rejectReason), \(order.exchangeOrderID), \(order.submissions),
        \(order.receiveUntil), \(order.version), \(order.createdAt), \(order.updatedAt))
      """)
  }

  /// Changes an order to how it stands; the database refuses it unless it was made from the version before.
  func update(_ order: RoutedOrder, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: update_routed_order
      UPDATE routed_orders SET
        state = \(order.state), cancel_requested = \(order.isCancelRequested),
        filled_quantity = \(order.filledQuantity), filled_notional = \(order.filledNotional),
        reject_reason = \(order.rejectReason), exchange_order_id = \(order.exchangeOrderID),
        submissions = \(order.submissions), receive_until = \(order.receiveUntil),
        version = \(order.version), updated_at = \(order.updatedAt)
      WHERE client_order_id = \(order.id)
      """)
  }

  /// Adds the event of a change, if it has one, and counts it.
  func tell(
    _ change: Change, at now: Instant, by connection: inout Connection,
    in transaction: PostgresTransaction
  ) {
    guard let event = change.event else { return }
    let entry = OutboxEntry(
      event, of: change.order, sequence: connection.drawEventSequence(), at: now)
    outbox.append([entry], in: transaction)
  }

  /// Stores how far a connection's reports and events are.
  func save(_ connection: Connection, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: save_connection
      UPDATE connections SET
        report_sequence = \(connection.reportSequence), event_sequence = \(connection.eventSequence)
      WHERE id = \(connection.id)
      """)
  }
}
