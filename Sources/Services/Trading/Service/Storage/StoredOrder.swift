import Core
import Postgres
import TradingDomain

extension Order {
  /// The columns that ``init(_:)`` reads, of a table called `o`.
  static let columns: PostgresQuery = """
    o.id, o.account_id, o.client_order_id, o.symbol, o.quote_asset, o.side, o.quantity,
    o.limit_price, o.reserved_price, o.placed_quantity, o.placed_limit_price, o.amended_quantity,
    o.amended_limit_price, o.fee_rate, o.fee_scale, o.protection_price, o.expires_at, o.state,
    o.filled_quantity, o.filled_notional, o.fees_charged, o.reservation_total, o.reject_reason,
    o.reject_detail, o.shortage_asset, o.shortage_requested, o.shortage_available, o.version,
    o.created_at, o.updated_at, o.connection_id, o.routed_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    let terms = OrderTerms(
      quantity: try row.value("quantity"), limitPrice: try row.value("limit_price"))
    let placed = try OrderTerms(
      row, quantity: "placed_quantity", limitPrice: "placed_limit_price")
    let fees = FeeSchedule(
      rate: try row.value("fee_rate"), scale: try row.value("fee_scale"))
    self.init(
      id: try row.value("id"), accountID: try row.value("account_id"),
      clientOrderID: try row.value("client_order_id"), symbol: try row.value("symbol"),
      quoteAsset: try row.value("quote_asset"), side: try row.value("side"),
      placedTerms: placed ?? terms, connectionID: try row.value("connection_id"),
      // The table's CHECK admits no other schedule than the settings do.
      fees: fees ?? .free, protectionPrice: try row.value("protection_price"),
      expiresAt: try row.value("expires_at"), createdAt: try row.value("created_at"),
      routedAt: try row.value("routed_at"),
      terms: terms, reservedPrice: try row.value("reserved_price"),
      amendment: try OrderTerms(
        row, quantity: "amended_quantity", limitPrice: "amended_limit_price"),
      state: try row.value("state"), filledQuantity: try row.value("filled_quantity"),
      filledNotional: try row.value("filled_notional"),
      feesCharged: try row.value("fees_charged"),
      reservationTotal: try row.value("reservation_total"),
      rejectReason: try row.value("reject_reason"),
      rejectDetail: try row.value("reject_detail"), shortage: try FundsShortage(row),
      version: try row.value("version"), updatedAt: try row.value("updated_at"))
  }
}

extension OrderTerms {
  /// Terms of two columns; nil when the quantity is NULL.
  fileprivate init?(
    _ row: PostgresRow, quantity: String, limitPrice: String
  ) throws(PostgresError) {
    let stored: Quantity? = try row.value(quantity)
    guard let stored else { return nil }
    self.init(quantity: stored, limitPrice: try row.value(limitPrice))
  }
}

extension FundsShortage {
  /// What an order's account lacked; nil when neither it nor its latest amendment was refused for that.
  fileprivate init?(_ row: PostgresRow) throws(PostgresError) {
    let asset: Asset? = try row.value("shortage_asset")
    guard let asset else { return nil }
    self.init(
      asset: asset, requested: try row.value("shortage_requested"),
      available: try row.value("shortage_available"))
  }
}
