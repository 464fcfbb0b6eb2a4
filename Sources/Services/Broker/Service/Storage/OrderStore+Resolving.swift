import BrokerDomain
import Core
import Postgres
import ServiceKit

extension OrderStore {
  /// Orders that the resolver attends to, by name.
  ///
  /// - Parameters:
  ///   - name: The order after which they begin; nil for the first.
  ///   - time: An order whose end nobody has asked for is left alone unless it was sent before this.
  func unresolved(
    after name: ClientOrderID?, sentBefore time: Instant, limit: Int
  ) async throws -> [RoutedOrder] {
    try await database.query(
      """
      -- name: unresolved_orders
      SELECT \(RoutedOrder.columns) FROM routed_orders
      WHERE (state = 'PENDING_NEW' OR (cancel_requested AND state IN ('OPEN', 'PARTIALLY_FILLED')))
        AND (cancel_requested OR updated_at <= \(time))\(beginning(after: name))
      ORDER BY client_order_id LIMIT \(limit)
      """
    ).map { try RoutedOrder($0) }
  }

  private func beginning(after name: ClientOrderID?) -> PostgresQuery {
    guard let name else { return "" }
    return " AND client_order_id > \(name)"
  }

  /// Stores the next submission of an order, unless the order has changed since it was read.
  ///
  /// - Returns: whether it is stored, and so to be sent by the caller and by nobody else.
  func store(submission change: Change, of order: RoutedOrder) async throws -> Bool {
    try await database.transaction { transaction in
      let stored = try await transaction.query(lockQuery(order.id)).oneOrNone()
      guard try stored.map({ try RoutedOrder($0) })?.version == order.version else { return false }
      update(change.order, in: transaction)
      return true
    }
  }

  /// Ends an order, unless `decide` says that there is nothing to end.
  ///
  /// - Returns: the order as it ended; nil when there was nothing to end.
  func end(
    _ order: RoutedOrder, _ decide: @Sendable (_ stored: RoutedOrder) -> Change?
  ) async throws -> RoutedOrder? {
    try await database.transactionUntilKnown { transaction throws -> RoutedOrder? in
      var (connection, stored) = try await lock(
        order.terms.connectionID, order: order.id, in: transaction)
      guard let stored, let change = decide(stored) else { return nil }
      update(change.order, in: transaction)
      tell(change, at: clock.now, by: &connection, in: transaction)
      save(connection, in: transaction)
      return change.order
    }
  }
}
