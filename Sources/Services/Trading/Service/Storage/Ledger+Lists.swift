import Core
import Postgres
import ServiceKit
import TradingDomain

extension Ledger {
  /// Which of an account's orders are listed.
  struct OrderFilter: Sendable {
    var symbol: Symbol?
    var state: OrderState?
    /// Only orders older than this one.
    var before: OrderID?
  }

  /// An account's orders, newest first.
  func orders(
    of account: AccountID, _ filter: OrderFilter, limit: Int
  ) async throws -> [Order] {
    try await database.query(
      """
      -- name: list_orders
      SELECT \(Order.columns) FROM orders o
      WHERE o.account_id = \(account)\(clause(" AND o.id < ", filter.before))\
      \(clause(" AND o.symbol = ", filter.symbol))\(clause(" AND o.state = ", filter.state))
      ORDER BY o.account_id DESC, o.id DESC LIMIT \(limit)
      """
    ).map { try Order($0) }
  }

  /// Which of an account's trades are listed.
  struct TradeFilter: Sendable {
    var symbol: Symbol?
    var order: OrderID?
    var time: TimeRange
    /// Only trades older than the one of this sequence.
    var before: Int64?
  }

  /// An account's trades, newest first.
  func trades(
    of account: AccountID, _ filter: TradeFilter, limit: Int
  ) async throws -> [Trade] {
    try await database.query(
      """
      -- name: list_trades
      SELECT \(Trade.columns) FROM trades
      WHERE account_id = \(account)\(clause(" AND sequence < ", filter.before))\
      \(clause(" AND symbol = ", filter.symbol))\(clause(" AND order_id = ", filter.order))\
      \(clause(" AND executed_at >= ", filter.time.from))\
      \(clause(" AND executed_at < ", filter.time.until))
      ORDER BY account_id DESC, sequence DESC LIMIT \(limit)
      """
    ).map { try Trade($0) }
  }

  /// What an account holds of the symbols it has traded, by symbol.
  func positions(
    of account: AccountID, after symbol: Symbol?, limit: Int
  ) async throws -> [(symbol: Symbol, position: Position)] {
    try await database.query(
      """
      -- name: list_positions
      SELECT \(Account.Holding.columns) FROM positions p
      WHERE p.account_id = \(account) AND p.updated_at IS NOT NULL\
      \(clause(" AND p.symbol > ", symbol))
      ORDER BY p.account_id, p.symbol LIMIT \(limit)
      """
    ).map { (try $0.value("symbol"), try Position($0)) }
  }

  /// All that an account has traded, by symbol, and the sequence of an order event that is included.
  func allPositions(
    of account: AccountID
  ) async throws -> (positions: [Symbol: Position], sequence: Int64) {
    // First the sequence: what happens while the positions are read is told again, never left out.
    let sequence: Int64 =
      try await database.query(
        """
        -- name: order_event_sequence
        SELECT order_event_sequence FROM accounts WHERE id = \(account)
        """
      ).oneOrNone()?.value("order_event_sequence") ?? 0
    var all: [Symbol: Position] = [:]
    var last: Symbol?
    while true {
      let page = try await positions(of: account, after: last, limit: Self.positionsAtOnce)
      for (symbol, position) in page { all[symbol] = position }
      guard page.count == Self.positionsAtOnce else { return (all, sequence) }
      last = page.last?.symbol
    }
  }

  /// How many positions are read at once where all are wanted.
  private static let positionsAtOnce = 500

  /// A condition, or nothing without a value.
  func clause(
    _ condition: PostgresQuery, _ value: (some PostgresEncodable)?
  ) -> PostgresQuery {
    guard let value else { return "" }
    return "\(condition)\(value)"
  }
}
