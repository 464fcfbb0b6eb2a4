import Core
import Postgres
import ServiceKit
import TradingDomain

extension Ledger {
  /// What a request to place an order is decided from.
  struct Desk {
    let account: Account
    /// The account's order of the same client order id.
    let namesake: Order?
  }

  /// Reads what placing an order depends on, without a lock and without making the account: nothing is stored.
  func desk(
    of account: AccountID, placing clientOrderID: ClientOrderID, of symbol: Symbol
  ) async throws -> Desk {
    try await database.transaction { transaction in
      let read: PostgresQuery = """
        -- name: read_account
        SELECT \(Account.columns) FROM accounts WHERE id = \(account)
        """
      let rows = try await transaction.pipeline(
        [read] + deskQueries(account, clientOrderID, symbol))
      return Desk(
        account: try rows[0].oneOrNone().map { row in
          try Account(row, id: account, holdings: rows[2], defaults: defaultLimits)
        } ?? Account(id: account, limits: defaultLimits),
        namesake: try rows[1].oneOrNone().map { row in try Order(row) })
    }
  }

  private func deskQueries(
    _ account: AccountID, _ clientOrderID: ClientOrderID, _ symbol: Symbol
  ) -> [PostgresQuery] {
    [
      """
      -- name: order_by_client_order_id
      SELECT \(Order.columns) FROM orders o
      WHERE o.account_id = \(account) AND o.client_order_id = \(clientOrderID)
      """,
      """
      -- name: holding_of_account
      SELECT \(Account.Holding.columns) FROM positions p
      WHERE p.account_id = \(account) AND p.symbol = \(symbol)
      """,
    ]
  }

  /// Locks an account and reads one of its orders; nil when it has no such order.
  nonisolated(nonsending) func lock(
    _ account: AccountID, order: OrderID, in transaction: PostgresTransaction
  ) async throws -> (account: Account, order: Order)? {
    let rows = try await transaction.pipeline(lockQueries(account, order))
    return try locked(account, rows[...])
  }

  /// The three reads that ``locked(_:_:)`` takes apart.
  func lockQueries(_ account: AccountID, _ order: OrderID) -> [PostgresQuery] {
    [
      lockQuery(account),
      orderQuery(order, of: account),
      """
      -- name: holding_of_order
      SELECT \(Account.Holding.columns) FROM positions p
      WHERE p.account_id = \(account)
        AND p.symbol = (SELECT o.symbol FROM orders o WHERE o.id = \(order))
      """,
    ]
  }

  func locked(
    _ account: AccountID, _ rows: ArraySlice<PostgresRows>
  ) throws -> (account: Account, order: Order)? {
    let first = rows.startIndex
    guard let row = try rows[first].oneOrNone(), let order = try rows[first + 1].oneOrNone() else {
      return nil
    }
    return (
      try Account(row, id: account, holdings: rows[first + 2], defaults: defaultLimits),
      try Order(order)
    )
  }

  /// Each statement sees what was committed before it began: those behind this one see the account
  /// as nobody else can change it any more.
  private func lockQuery(_ account: AccountID) -> PostgresQuery {
    """
    -- name: lock_account
    SELECT \(Account.columns) FROM accounts WHERE id = \(account) FOR NO KEY UPDATE
    """
  }

  private func orderQuery(_ order: OrderID, of account: AccountID) -> PostgresQuery {
    """
    -- name: order_of_account
    SELECT \(Order.columns) FROM orders o WHERE o.id = \(order) AND o.account_id = \(account)
    """
  }

  /// One of an account's orders; nil when it has no such order.
  func order(_ order: OrderID, of account: AccountID) async throws -> Order? {
    try await database.query(orderQuery(order, of: account)).oneOrNone().map { try Order($0) }
  }

  /// An account's working orders, oldest first, and the sequence of the last event they include.
  func workingOrders(of account: AccountID) async throws -> (orders: [Order], sequence: Int64) {
    // One statement: the orders and the sequence are of one moment.
    let rows = try await database.query(
      """
      -- name: working_orders_of_account
      SELECT a.order_event_sequence, \(Order.columns)
      FROM accounts a
      LEFT JOIN (working_orders w JOIN orders o ON o.id = w.order_id) ON w.account_id = a.id
      WHERE a.id = \(account)
      ORDER BY o.id
      """)
    guard let first = rows.first else { return ([], 0) }
    let sequence: Int64 = try first.value("order_event_sequence")
    var orders: [Order] = []
    for row in rows where try row.decode(OrderID?.self, "id") != nil {
      orders.append(try Order(row))
    }
    return (orders, sequence)
  }

  /// New orders of the paper venue that have been pending since before `time`, by their names from one on, and behind another.
  ///
  /// All orders from the name on are read, since no index has the state.
  func pendingOrders(
    before time: Instant, from first: OrderID, after last: Order?, limit: Int
  ) async throws -> [Order] {
    try await fewOrders(
      """
      -- name: pending_orders
      SELECT \(Order.columns) FROM orders o
      WHERE o.state = 'PENDING_NEW' AND o.connection_id IS NULL AND o.updated_at <= \(time)
        AND o.id >= \(first)\(clause(" AND o.id > ", last?.id))
      ORDER BY o.id LIMIT \(limit)
      """)
  }

  /// New orders of the paper venue that have been pending since before `time`, of all that work, by symbol and name behind another.
  ///
  /// However many batches there are, each order that works is read once.
  func pendingWorkingOrders(
    before time: Instant, after last: Order?, limit: Int
  ) async throws -> [Order] {
    let behind: PostgresQuery =
      last.map { "AND (w.symbol, w.order_id) > (\($0.symbol), \($0.id))" } ?? ""
    return try await fewOrders(
      """
      -- name: pending_working_orders
      SELECT \(Order.columns) FROM working_orders w JOIN orders o ON o.id = w.order_id
      WHERE o.state = 'PENDING_NEW' AND o.connection_id IS NULL AND o.updated_at <= \(time)
        \(behind)
      ORDER BY w.symbol, w.order_id LIMIT \(limit)
      """)
  }

  /// Orders whose amendment has been under way since before `time`, by their names behind one.
  func amendedOrders(
    before time: Instant, after last: Order?, limit: Int
  ) async throws -> [Order] {
    try await fewOrders(
      """
      -- name: amended_orders
      SELECT \(Order.columns) FROM orders o
      WHERE o.amended_quantity IS NOT NULL AND o.updated_at <= \(time)\
      \(clause(" AND o.id > ", last?.id))
      ORDER BY o.id LIMIT \(limit)
      """)
  }

  /// Orders that are executed elsewhere and have been pending since before `time`, new or with their end asked for, by their
  /// names behind one.
  func pendingRoutedOrders(
    before time: Instant, after last: Order?, limit: Int
  ) async throws -> [Order] {
    try await fewOrders(
      """
      -- name: pending_routed_orders
      SELECT \(Order.columns)
      FROM orders o JOIN working_orders w ON w.symbol = o.symbol AND w.order_id = o.id
      WHERE o.state IN ('PENDING_NEW', 'PENDING_CANCEL') AND o.connection_id IS NOT NULL
        AND o.updated_at <= \(time)\(clause(" AND o.id > ", last?.id))
      ORDER BY o.id LIMIT \(limit)
      """)
  }

  /// Orders whose time was over at `time`, the longest over first, behind one, but for those that were given over to the broker.
  func expiredOrders(at time: Instant, after last: Order?, limit: Int) async throws -> [Order] {
    let behind: PostgresQuery =
      last.map { "AND (w.expires_at, w.order_id) > (\($0.expiresAt), \($0.id))" } ?? ""
    return try await fewOrders(
      """
      -- name: expired_orders
      SELECT \(Order.columns) FROM working_orders w JOIN orders o ON o.id = w.order_id
      WHERE w.expires_at <= \(time) AND o.routed_at IS NULL \(behind)
      ORDER BY w.expires_at, w.order_id LIMIT \(limit)
      """)
  }

  /// A few of many: a table without statistics would be read as a whole.
  private func fewOrders(_ query: PostgresQuery) async throws -> [Order] {
    try await database.transaction { transaction in
      transaction.planByKey()
      return try await transaction.query(query).map { try Order($0) }
    }
  }
}
