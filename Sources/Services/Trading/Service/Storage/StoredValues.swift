import Core
public import Postgres
public import TradingDomain

extension Symbol: PostgresCodable {}
extension Symbol: PostgresArrayElement {}
extension ClientOrderID: PostgresCodable {}
extension Asset: PostgresCodable {}
extension ConnectionID: PostgresCodable {}
extension OrderSide: PostgresCodable {}
extension OrderState: PostgresCodable {}
extension OrderRejectReason: PostgresCodable {}

extension PostgresRow {
  /// Reads a column as what the place it is needed for asks for.
  func value<Value: PostgresDecodable>(_ column: String) throws(PostgresError) -> Value {
    try decode(Value.self, column)
  }
}

extension Trade {
  /// The columns that ``init(_:)`` reads.
  static let columns: PostgresQuery = """
    id, venue_trade_id, order_id, account_id, sequence, symbol, side, quantity, price, fee,
    quote_sequence, executed_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      id: try row.value("id"), venueTradeID: try row.value("venue_trade_id"),
      orderID: try row.value("order_id"), accountID: try row.value("account_id"),
      symbol: try row.value("symbol"), side: try row.value("side"),
      quantity: try row.value("quantity"), price: try row.value("price"),
      fee: try row.value("fee"), quoteSequence: try row.value("quote_sequence"),
      executedAt: try row.value("executed_at"), sequence: try row.value("sequence"))
  }
}

extension Position {
  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      quantity: try row.value("quantity"), cost: try row.value("cost"),
      realizedPnL: try row.value("realized_pnl"), fees: try row.value("fees"),
      updatedAt: try row.value("updated_at"))
  }
}

extension Account.Holding {
  /// The columns that ``init(_:)`` and `Position.init(_:)` read, of a table called `p`.
  static let columns: PostgresQuery = """
    p.symbol, p.quantity, p.cost, p.realized_pnl, p.fees, p.open_buy, p.open_sell, p.updated_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      position: try Position(row), openBuyQuantity: try row.value("open_buy"),
      openSellQuantity: try row.value("open_sell"))
  }
}

extension OwnLimits {
  /// The columns that ``init(_:)`` reads.
  static let columns: PostgresQuery = """
    max_order_notional, max_position, max_open_notional, max_working_orders
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      maxOrderNotional: try row.value("max_order_notional"),
      maxPosition: try row.value("max_position"),
      maxOpenNotional: try row.value("max_open_notional"),
      maxWorkingOrders: try row.value("max_working_orders"))
  }
}

extension Account {
  /// The columns that ``init(_:id:holding:defaults:)`` reads.
  static let columns: PostgresQuery = """
    version, order_event_sequence, trade_sequence, open_notional, working_orders,
    \(OwnLimits.columns)
    """

  /// An account with what it holds of the symbols at hand.
  init(
    _ row: PostgresRow, id: AccountID, holdings: some Sequence<PostgresRow>, defaults: RiskLimits
  ) throws(PostgresError) {
    let limits = try OwnLimits(row).completed(by: defaults)
    var held: [Symbol: Account.Holding] = [:]
    for row in holdings { held[try row.value("symbol")] = try Account.Holding(row) }
    self.init(
      id: id, version: try row.value("version"),
      orderEventSequence: try row.value("order_event_sequence"),
      tradeSequence: try row.value("trade_sequence"),
      // The table's CHECK admits no negative limit, and neither do the settings.
      limits: limits ?? defaults, openNotional: try row.value("open_notional"),
      workingOrders: try row.value("working_orders"), holdings: held)
  }
}
