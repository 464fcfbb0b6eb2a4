import Core
public import ExchangeDomain
public import Postgres

extension AccountName: PostgresCodable {}
extension ClientOrderID: PostgresCodable {}
extension ExecutionID: PostgresCodable {}
extension Symbol: PostgresCodable {}
extension OrderSide: PostgresCodable {}
extension OrderState: PostgresCodable {}
extension RejectReason: PostgresCodable {}
extension ReportType: PostgresCodable {}

extension PostgresRow {
  /// Reads a column as what the place it is needed for asks for.
  func value<Value: PostgresDecodable>(_ column: String) throws(PostgresError) -> Value {
    try decode(Value.self, column)
  }
}

extension ExchangeAccount {
  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(name: try row.value("name"), reportSequence: try row.value("report_sequence"))
  }
}

extension OrderTerms {
  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      symbol: try row.value("symbol"), side: try row.value("side"),
      quantity: try row.value("quantity"), limitPrice: try row.value("limit_price"),
      expiresAt: try row.value("expires_at"))
  }
}

extension ExchangeOrder {
  /// Of the columns that ``init(_:)`` reads, those that stay as they were, of a table called `o`.
  static let fixedColumns: PostgresQuery = """
    o.id, o.account, o.client_order_id, o.symbol, o.side, o.quantity, o.limit_price,
    o.expires_at, o.reject_reason, o.created_at
    """
  /// The columns that ``init(_:)`` reads, of a table called `o`.
  static let columns: PostgresQuery = """
    \(fixedColumns), o.state, o.filled_quantity, o.filled_notional, o.updated_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      id: try row.value("id"), account: try row.value("account"),
      clientOrderID: try row.value("client_order_id"), terms: try OrderTerms(row),
      createdAt: try row.value("created_at"), state: try row.value("state"),
      filledQuantity: try row.value("filled_quantity"),
      filledNotional: try row.value("filled_notional"),
      rejectReason: try row.value("reject_reason"), updatedAt: try row.value("updated_at"))
  }
}

extension ExecutionReport {
  /// The columns that ``init(_:)`` reads: of the report called `r` and its order called `o`, as the
  /// order was after it.
  static let columns: PostgresQuery = """
    \(ExchangeOrder.fixedColumns), r.sequence, r.type, r.state, r.filled_quantity,
    r.filled_notional, r.reported_at AS updated_at, r.execution_id, r.last_quantity, r.last_price
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    var execution: Execution?
    if let id: ExecutionID = try row.value("execution_id") {
      execution = Execution(
        id: id, quantity: try row.value("last_quantity"), price: try row.value("last_price"))
    }
    self.init(
      sequence: try row.value("sequence"), type: try row.value("type"),
      order: try ExchangeOrder(row), execution: execution)
  }
}
