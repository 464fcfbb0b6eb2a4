import BrokerDomain
import Core
import ExchangeContract
import Protobuf

extension ExchangeV1.SubmitExchangeOrderRequest {
  /// The latest submission of an order; the connection's name is that of the account.
  ///
  /// - Precondition: The order has one.
  init(_ order: RoutedOrder) {
    guard let limit = order.receiveUntil else {
      preconditionFailure("an order is sent after its submission was stored")
    }
    self.init()
    account = order.terms.connectionID.rawValue
    clientOrderID = order.id.rawValue
    symbol = order.terms.symbol.rawValue
    switch order.terms.side {
    case .buy: side = .buy
    case .sell: side = .sell
    }
    quantity = order.terms.quantity.value
    limitPrice = order.terms.worstPrice.value
    expiresAt = order.terms.expiresAt.map { Google.Timestamp($0) }
    receiveUntil = Google.Timestamp(limit)
  }
}

extension ExecutionReport {
  /// A report as it came; nil when it is malformed.
  init?(_ report: ExchangeV1.ExecutionReport) {
    guard let order = report.order, !order.exchangeOrderID.isEmpty,
      let filledQuantity = order.filledQuantity, let filledNotional = order.filledNotional,
      let reportedAt = report.reportedAt?.instant, let occurrence = Occurrence(report, order)
    else { return nil }
    self.init(
      sequence: report.sequence, occurrence: occurrence,
      exchangeOrderID: ExchangeOrderID(rawValue: order.exchangeOrderID),
      filledQuantity: filledQuantity, filledNotional: filledNotional, reportedAt: reportedAt)
  }
}

extension ExecutionReport.Occurrence {
  fileprivate init?(_ report: ExchangeV1.ExecutionReport, _ order: ExchangeV1.ExchangeOrder) {
    switch report.type {
    case .accepted: self = .accepted
    case .rejected: self = .rejected(reason: order.rejectReason)
    case .trade:
      guard !report.executionID.isEmpty,
        let quantity = report.lastQuantity.flatMap({ try? Quantity($0) }),
        let price = report.lastPrice.flatMap({ try? Price($0) })
      else { return nil }
      self = .trade(Execution(id: report.executionID, quantity: quantity, price: price))
    case .canceled: self = .canceled
    case .expired: self = .expired
    case .unspecified, .unrecognized: return nil
    }
  }
}
