import BrokerContract
import BrokerDomain
import Core
import ExchangeContract
import Protobuf
import RPC

extension RoutedOrderTerms {
  /// The terms of a request, whose fields' form the contract's rules have checked.
  ///
  /// - Throws: INVALID_ARGUMENT, should the contract's rules and the domain's differ.
  init(_ request: BrokerV1.RouteOrderRequest) throws(RPCError) {
    self.init(
      connectionID: ConnectionID(rawValue: request.connectionID),
      clientOrderID: ClientOrderID(rawValue: request.clientOrderID),
      accountID: AccountID(rawValue: request.accountID), symbol: Symbol(rawValue: request.symbol),
      side: try parsed(OrderSide(request.side), "side"),
      quantity: try parsed(request.quantity.flatMap { try? Quantity($0) }, "quantity"),
      worstPrice: try parsed(request.worstPrice.flatMap { try? Price($0) }, "worst_price"),
      expiresAt: try request.expiresAt.map { time throws(RPCError) in
        try parsed(time.instant, "expires_at")
      })
  }
}

private func parsed<Value>(_ value: Value?, _ field: String) throws(RPCError) -> Value {
  guard let value else {
    throw RPCError(
      violations: [
        FieldViolation(field: field, description: "is missing or malformed", reason: "MALFORMED")
      ])
  }
  return value
}

extension BrokerV1.RoutedOrder {
  /// An order as it is stored.
  init(_ order: RoutedOrder) {
    self.init()
    clientOrderID = order.id.rawValue
    connectionID = order.terms.connectionID.rawValue
    accountID = order.terms.accountID.rawValue
    symbol = order.terms.symbol.rawValue
    side = BrokerV1.RoutedOrderSide(order.terms.side)
    quantity = order.terms.quantity.value
    worstPrice = order.terms.worstPrice.value
    expiresAt = order.terms.expiresAt.map { Google.Timestamp($0) }
    status = BrokerV1.RoutedOrderStatus(order.state)
    cancelRequested = order.isCancelRequested
    filledQuantity = order.filledQuantity
    filledNotional = order.filledNotional
    rejectReason = order.rejectReason ?? ""
    exchangeOrderID = order.exchangeOrderID?.rawValue ?? ""
    submissions = order.submissions
    version = order.version
    createdAt = Google.Timestamp(order.createdAt)
    updatedAt = Google.Timestamp(order.updatedAt)
  }

  /// An order as it is stored, and where the exchange has said more: that.
  ///
  /// Nothing of it is stored: the exchange reports it, too.
  init(_ order: RoutedOrder, as exchangeOrder: ExchangeV1.ExchangeOrder?) {
    self.init(order)
    guard let exchangeOrder,
      let status = BrokerV1.RoutedOrderStatus(exchangeOrder.status)
    else { return }
    self.status = status
    filledQuantity = exchangeOrder.filledQuantity ?? .zero
    filledNotional = exchangeOrder.filledNotional ?? .zero
    rejectReason = exchangeOrder.rejectReason
    exchangeOrderID = exchangeOrder.exchangeOrderID
  }
}

extension BrokerV1.RoutedOrderSide {
  init(_ side: OrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    }
  }
}

extension OrderSide {
  /// Nil when the side is not stated, or one that nobody here knows.
  init?(_ side: BrokerV1.RoutedOrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension BrokerV1.RoutedOrderStatus {
  init(_ state: RoutedOrderState) {
    switch state {
    case .pendingNew: self = .pendingNew
    case .open: self = .open
    case .partiallyFilled: self = .partiallyFilled
    case .filled: self = .filled
    case .canceled: self = .canceled
    case .rejected: self = .rejected
    case .expired: self = .expired
    }
  }

  /// Nil when the status is not stated, or one that nobody here knows.
  init?(_ status: ExchangeV1.ExchangeOrderStatus) {
    switch status {
    case .open: self = .open
    case .partiallyFilled: self = .partiallyFilled
    case .filled: self = .filled
    case .canceled: self = .canceled
    case .rejected: self = .rejected
    case .expired: self = .expired
    case .unspecified, .unrecognized: return nil
    }
  }
}
