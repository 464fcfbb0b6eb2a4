import AssetDomain
import Core
import Events
import Postgres
import ServiceKit
import TradingContract

extension FundsStore {
  /// Applies what trading tells of orders: what each may cost from now on, or that it is over.
  ///
  /// Mostly a call has said so before; then nothing is left to be done.
  nonisolated(nonsending) func apply(
    _ events: [ConsumedEvent<TradingV1.OrderEvent>], in transaction: PostgresTransaction
  ) async throws {
    let batch = try events.compactMap { event -> FundsBooks.Submission? in
      let told = event.envelope.event
      // No funds stand behind the order: it is from before there were any.
      guard let total = told.reservationTotal else { return nil }
      guard let account = AccountID(canonical: told.userID),
        let orderID = OrderID(canonical: told.orderID), let order = told.order, order.version >= 1,
        !total.isNegative
      else { throw UnprocessableEvent("the order event's ids, order or total are malformed") }
      let adjust = AdjustReservation(
        orderID: orderID, version: order.version, total: total, isFinal: order.status.isFinal)
      return FundsBooks.Submission(
        key: account, operation: .adjust(adjust), origin: event.origin)
    }
    try await apply(batch, in: transaction)
  }

  /// Settles trades that trading tells of.
  nonisolated(nonsending) func apply(
    _ events: [ConsumedEvent<TradingV1.TradeExecution>], in transaction: PostgresTransaction
  ) async throws {
    let batch = try events.map { event in
      let trade = event.envelope.event
      guard let account = AccountID(canonical: trade.userID),
        let capture = try Capture(trade)
      else { throw UnprocessableEvent("the trade's ids, side or amounts are malformed") }
      return FundsBooks.Submission(
        key: account, operation: .capture(capture), origin: event.origin)
    }
    try await apply(batch, in: transaction)
  }
}

extension TradingV1.OrderStatus {
  /// Whether an order that stands so is over.
  var isFinal: Bool {
    switch self {
    case .filled, .canceled, .rejected, .expired: true
    case .unspecified, .pendingNew, .open, .partiallyFilled, .pendingReplace, .pendingCancel,
      .unrecognized:
      false
    }
  }
}

extension Capture {
  /// What a fill moves: a purchase gives the price and the fee, a sale gives the quantity and gets the
  /// price less the fee.
  ///
  /// - Returns: nil when something is missing or out of its range.
  /// - Throws: `DecimalError` when the price of all is.
  init?(_ trade: TradingV1.TradeExecution) throws(DecimalError) {
    guard let tradeID = TradeID(canonical: trade.tradeID),
      let orderID = OrderID(canonical: trade.orderID), let quantity = trade.quantity,
      let price = trade.price, let fee = trade.fee
    else { return nil }
    let notional = try price.multiplied(by: quantity)
    let terms: SettlementTerms?
    switch trade.side {
    case .buy:
      terms = SettlementTerms(
        orderID: orderID, give: try notional.adding(fee), take: quantity, fee: fee, feeSide: .give)
    case .sell:
      terms = SettlementTerms(
        orderID: orderID, give: quantity, take: try notional.subtracting(fee), fee: fee,
        feeSide: .take)
    case .unspecified, .unrecognized: return nil
    }
    guard let terms else { return nil }
    self.init(tradeID: tradeID, terms: terms)
  }
}
