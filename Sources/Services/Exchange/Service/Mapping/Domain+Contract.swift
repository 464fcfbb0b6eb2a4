import Core
import ExchangeContract
import ExchangeDomain
import Protobuf

extension ExchangeV1.ExchangeOrder {
  /// An order as its sender sees it.
  init(_ order: ExchangeOrder) {
    self.init()
    exchangeOrderID = order.id.rawValue
    account = order.account.rawValue
    clientOrderID = order.clientOrderID.rawValue
    symbol = order.terms.symbol.rawValue
    side = ExchangeV1.ExchangeOrderSide(order.terms.side)
    quantity = order.terms.quantity.value
    limitPrice = order.terms.limitPrice.value
    expiresAt = order.terms.expiresAt.map { Google.Timestamp($0) }
    status = ExchangeV1.ExchangeOrderStatus(order.state)
    filledQuantity = order.filledQuantity
    filledNotional = order.filledNotional
    rejectReason = order.rejectReason?.rawValue ?? ""
    createdAt = Google.Timestamp(order.createdAt)
    updatedAt = Google.Timestamp(order.updatedAt)
  }
}

extension ExchangeV1.ExecutionReport {
  /// A report as its reader sees it.
  init(_ report: ExecutionReport) {
    self.init()
    sequence = report.sequence
    type = ExchangeV1.ExecutionReportType(report.type)
    order = ExchangeV1.ExchangeOrder(report.order)
    executionID = report.execution?.id.rawValue ?? ""
    lastQuantity = report.execution?.quantity.value
    lastPrice = report.execution?.price.value
    reportedAt = Google.Timestamp(report.reportedAt)
  }
}

extension ExchangeV1.ExchangeOrderSide {
  init(_ side: OrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    }
  }
}

extension OrderSide {
  /// Reads a side; nil unless the contract names it.
  init?(_ side: ExchangeV1.ExchangeOrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension ExchangeV1.ExchangeOrderStatus {
  init(_ state: OrderState) {
    switch state {
    case .open: self = .open
    case .partiallyFilled: self = .partiallyFilled
    case .filled: self = .filled
    case .canceled: self = .canceled
    case .rejected: self = .rejected
    case .expired: self = .expired
    }
  }
}

extension ExchangeV1.ExecutionReportType {
  init(_ type: ReportType) {
    switch type {
    case .accepted: self = .accepted
    case .rejected: self = .rejected
    case .trade: self = .trade
    case .canceled: self = .canceled
    case .expired: self = .expired
    }
  }
}
