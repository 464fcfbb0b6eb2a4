import Core
import Postgres
import TradingDomain

extension Ledger {
  /// What a fill is decided from.
  enum FillBasis {
    /// Another replica matches now.
    case leaseLost
    /// The trade is stored already.
    case booked
    /// There is no such order.
    case orderUnknown
    /// The account, locked, and the order as it stands.
    case ready(Account, Order)
  }

  /// Holds the venue's lease, locks the account, and reads what booking an execution depends on.
  nonisolated(nonsending) func lock(
    filling planned: PaperExecution, as name: String, epoch: Int64,
    in transaction: PostgresTransaction
  ) async throws -> FillBasis {
    let trade: PostgresQuery = """
      -- name: trade_of_venue
      SELECT id FROM trades WHERE venue_trade_id = \(name)
      """
    let rows = try await transaction.pipeline(
      [VenueLease.holdQuery(epoch)] + lockQueries(planned.accountID, planned.orderID) + [trade])
    if rows[0].isEmpty { return .leaseLost }
    if !rows[4].isEmpty { return .booked }
    guard let (account, order) = try locked(planned.accountID, rows[1...3]) else {
      return .orderUnknown
    }
    return .ready(account, order)
  }

  /// The orders of a symbol that the paper venue works with, by their names and versions: there may be very many.
  func workingVersions(of symbol: Symbol) async throws -> [OrderID: Int64] {
    let rows = try await database.query(
      """
      -- name: working_orders_of_symbol
      SELECT o.id, o.version FROM working_orders w JOIN orders o ON o.id = w.order_id
      WHERE w.symbol = \(symbol) AND o.state IN ('OPEN', 'PARTIALLY_FILLED')
        AND o.connection_id IS NULL
      """)
    var versions = [OrderID: Int64](minimumCapacity: rows.count)
    for row in rows {
      versions[try row.decode(OrderID.self, at: 0)] = try row.decode(Int64.self, at: 1)
    }
    return versions
  }

  /// Orders as they stand, whoever owns them.
  func orders(_ ids: [OrderID]) async throws -> [Order] {
    guard !ids.isEmpty else { return [] }
    return try await database.query(LedgerBooks.ordersQuery(ids)).map { try Order($0) }
  }

  /// An order as it stands, whoever owns it.
  func order(_ id: OrderID) async throws -> Order? {
    try await database.query(
      """
      -- name: order_by_id
      SELECT \(Order.columns) FROM orders o WHERE o.id = \(id)
      """
    ).oneOrNone().map { try Order($0) }
  }

  /// The sequence of the last quote of a symbol that was traded on; zero without a trade.
  func lastTradedQuote(of symbol: Symbol) async throws -> Int64 {
    try await database.query(
      """
      -- name: last_traded_quote
      SELECT coalesce(max(quote_sequence), 0) AS sequence FROM trades WHERE symbol = \(symbol)
      """
    ).one().value("sequence")
  }

  /// Takes the orders that other replicas have opened or canceled since the last time.
  ///
  /// A replica that was overtaken takes none: what its statement could see, the one that overtook it
  /// has read by itself.
  func takeVenueInbox(epoch: Int64) async throws -> [Order] {
    try await database.query(
      """
      -- name: take_venue_inbox
      WITH taken AS (
        DELETE FROM venue_inbox
        WHERE EXISTS (SELECT FROM venue_leases WHERE epoch = \(epoch))
        RETURNING order_id
      )
      SELECT \(Order.columns) FROM orders o WHERE o.id IN (SELECT order_id FROM taken)
      """
    ).map { try Order($0) }
  }
}
