public import BrokerDomain
import Core
public import Postgres

extension ConnectionID: PostgresCodable {}
extension ClientOrderID: PostgresCodable {}
extension ExchangeOrderID: PostgresCodable {}
extension Symbol: PostgresCodable {}
extension OrderSide: PostgresCodable {}
extension RoutedOrderState: PostgresCodable {}

extension PostgresRow {
  /// Reads a column as what the place it is needed for asks for.
  func value<Value: PostgresDecodable>(_ column: String) throws(PostgresError) -> Value {
    try decode(Value.self, column)
  }
}

extension Connection {
  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      id: try row.value("id"), reportSequence: try row.value("report_sequence"),
      eventSequence: try row.value("event_sequence"))
  }
}

extension RoutedOrder {
  /// The columns that ``init(_:)`` reads, and that a row has.
  static let columns: PostgresQuery = """
    client_order_id, connection_id, account_id, symbol, side, quantity, worst_price, expires_at,
    state, cancel_requested, filled_quantity, filled_notional, reject_reason, exchange_order_id,
    submissions, receive_until, version, created_at, updated_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      terms: RoutedOrderTerms(
        connectionID: try row.value("connection_id"),
        clientOrderID: try row.value("client_order_id"), accountID: try row.value("account_id"),
        symbol: try row.value("symbol"), side: try row.value("side"),
        quantity: try row.value("quantity"), worstPrice: try row.value("worst_price"),
        expiresAt: try row.value("expires_at")),
      createdAt: try row.value("created_at"), state: try row.value("state"),
      isCancelRequested: try row.value("cancel_requested"),
      filledQuantity: try row.value("filled_quantity"),
      filledNotional: try row.value("filled_notional"),
      rejectReason: try row.value("reject_reason"),
      exchangeOrderID: try row.value("exchange_order_id"),
      submissions: try row.value("submissions"), receiveUntil: try row.value("receive_until"),
      version: try row.value("version"), updatedAt: try row.value("updated_at"))
  }
}
