import Core
import Protobuf
import TradingContract
import TradingDomain

extension TradingV1.OrderEvent {
  /// What happened to an order, with the order after it.
  init(_ event: OrderEvent, of order: Order, id: EventID, at now: Instant) {
    self.init()
    eventID = id.rawValue
    userID = order.accountID.rawValue
    orderID = order.id.rawValue
    eventType = TradingV1.OrderEventType(event.type)
    symbol = order.symbol.rawValue
    quantity = order.quantity.value
    price = event.price?.value
    timestamp = Google.Timestamp(now)
    sequence = event.sequence
    self.order = TradingV1.Order(order)
    reservationTotal = order.reservationTotal
  }
}

extension TradingV1.OrderStatusUpdate {
  /// Where an order stands after what happened to it.
  init(_ event: TradingV1.OrderEvent, id: EventID) {
    self.init()
    eventID = id.rawValue
    orderID = event.orderID
    userID = event.userID
    timestamp = event.timestamp
    order = event.order
    orderEventSequence = event.sequence
  }
}

extension TradingV1.OrderEventType {
  init(_ type: OrderEventType) {
    switch type {
    case .created: self = .created
    case .modified: self = .modified
    case .cancelled: self = .cancelled
    case .filled: self = .filled
    case .partiallyFilled: self = .partiallyFilled
    case .rejected: self = .rejected
    case .expired: self = .expired
    case .amendmentRejected: self = .amendmentRejected
    }
  }
}

extension TradingV1.TradeExecution {
  /// One fill.
  init(_ trade: Trade, id: EventID) {
    self.init()
    eventID = id.rawValue
    tradeID = trade.id.rawValue
    orderID = trade.orderID.rawValue
    userID = trade.accountID.rawValue
    symbol = trade.symbol.rawValue
    side = TradingV1.OrderSide(trade.side)
    quantity = trade.quantity.value
    price = trade.price.value
    fee = trade.fee
    executedAt = Google.Timestamp(trade.executedAt)
    quoteSequence = trade.quoteSequence
    sequence = trade.sequence
  }
}
