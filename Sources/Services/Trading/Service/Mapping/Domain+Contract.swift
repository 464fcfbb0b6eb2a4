import Core
import Protobuf
import TradingContract
import TradingDomain

extension TradingV1.Order {
  /// An order as its owner sees it.
  init(_ order: Order) {
    self.init()
    orderID = order.id.rawValue
    clientOrderID = order.clientOrderID.rawValue
    userID = order.accountID.rawValue
    symbol = order.symbol.rawValue
    side = TradingV1.OrderSide(order.side)
    type = TradingV1.OrderType(order.type)
    quantity = order.quantity.value
    limitPrice = order.limitPrice?.value
    status = TradingV1.OrderStatus(order.state)
    filledQuantity = order.filledQuantity
    averagePrice = order.averagePrice
    rejectReason = order.rejectReason?.rawValue ?? ""
    rejectDetail = order.rejectDetail ?? ""
    version = order.version
    createdAt = Google.Timestamp(order.createdAt)
    updatedAt = Google.Timestamp(order.updatedAt)
    protectionPrice = order.protectionPrice?.value
    expiresAt = order.expiresAt.map { Google.Timestamp($0) }
    fees = order.feesCharged
    fundsShortage = order.shortage.map { TradingV1.FundsShortage($0) }
    connectionID = order.connectionID?.rawValue ?? ""
  }
}

extension TradingV1.FundsShortage {
  /// What an account lacked, as its owner sees it.
  init(_ shortage: FundsShortage) {
    self.init()
    asset = shortage.asset.rawValue
    requested = shortage.requested
    available = shortage.available
  }
}

extension TradingV1.Trade {
  /// A trade as its owner sees it.
  init(_ trade: Trade) {
    self.init()
    tradeID = trade.id.rawValue
    orderID = trade.orderID.rawValue
    userID = trade.accountID.rawValue
    symbol = trade.symbol.rawValue
    side = TradingV1.OrderSide(trade.side)
    quantity = trade.quantity.value
    price = trade.price.value
    fee = trade.fee
    quoteSequence = trade.quoteSequence
    executedAt = Google.Timestamp(trade.executedAt)
  }
}

extension TradingV1.Position {
  /// A position as its owner sees it, at the latest quote.
  init(_ position: Position, of symbol: Symbol, owner: AccountID, quote: Quote?) {
    self.init()
    self.symbol = symbol.rawValue
    userID = owner.rawValue
    quantity = position.quantity
    averagePrice = position.averagePrice
    realizedPnl = position.realizedPnL
    fees = position.fees
    updatedAt = position.updatedAt.map { Google.Timestamp($0) }
    if position.quantity.isZero {
      unrealizedPnl = .zero
    } else if let mark = quote?.mark(of: position.quantity) {
      markPrice = mark.value
      markedAt = quote?.publishedAt.map { Google.Timestamp($0) }
      // Absent where no number can hold it.
      unrealizedPnl = try? position.unrealizedPnL(at: mark)
    }
  }
}

extension TradingV1.Portfolio {
  /// A portfolio as its owner sees it.
  init(_ portfolio: Portfolio, owner: AccountID) {
    self.init()
    userID = owner.rawValue
    currency = portfolio.currency.rawValue
    cash = portfolio.cash
    marketValue = portfolio.marketValue
    equity = portfolio.equity
    realizedPnl = portfolio.realizedPnL
    unrealizedPnl = portfolio.unrealizedPnL
    fees = portfolio.fees
    holdings = portfolio.holdings.map { holding in
      .with {
        $0.asset = holding.asset.rawValue
        $0.quantity = holding.quantity
        $0.markPrice = holding.quote?.mark(of: holding.quantity)?.value
        $0.marketValue = holding.value
        $0.markedAt = holding.quote?.publishedAt.map { Google.Timestamp($0) }
      }
    }
  }
}

extension TradingV1.OrderSide {
  init(_ side: OrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    }
  }
}

extension TradingV1.OrderType {
  init(_ type: OrderType) {
    switch type {
    case .market: self = .market
    case .limit: self = .limit
    }
  }
}

extension TradingV1.OrderStatus {
  init(_ state: OrderState) {
    switch state {
    // An order that is only made is in no answer; it would be pending next.
    case .new, .pendingNew: self = .pendingNew
    case .open: self = .open
    case .partiallyFilled: self = .partiallyFilled
    case .pendingReplace: self = .pendingReplace
    case .pendingCancel: self = .pendingCancel
    case .filled: self = .filled
    case .canceled: self = .canceled
    case .rejected: self = .rejected
    case .expired: self = .expired
    }
  }
}

extension OrderSide {
  /// Nil when the side is not stated, or one that nobody here knows.
  init?(_ side: TradingV1.OrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension OrderType {
  /// Nil when the type is not stated, or one that nobody here knows.
  init?(_ type: TradingV1.OrderType) {
    switch type {
    case .market: self = .market
    case .limit: self = .limit
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension OrderState {
  /// Nil when the status is not stated, or one that nobody here knows.
  init?(_ status: TradingV1.OrderStatus) {
    switch status {
    case .pendingNew: self = .pendingNew
    case .open: self = .open
    case .partiallyFilled: self = .partiallyFilled
    case .pendingReplace: self = .pendingReplace
    case .pendingCancel: self = .pendingCancel
    case .filled: self = .filled
    case .canceled: self = .canceled
    case .rejected: self = .rejected
    case .expired: self = .expired
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension PlaceOrder {
  /// The request's fields as they came.
  ///
  /// - Parameter clientOrderID: the request's, or the one made up for it.
  init(_ request: TradingV1.PlaceOrderRequest, clientOrderID: String) {
    self.init(
      clientOrderID: clientOrderID, symbol: request.symbol, side: OrderSide(request.side),
      type: OrderType(request.type), quantity: request.quantity, limitPrice: request.limitPrice)
  }
}

extension PlaceOrder {
  /// The fields of an order that is not to be placed, as they came.
  ///
  /// - Parameter clientOrderID: the request's, or the one made up for it.
  init(_ request: TradingV1.ValidateOrderRequest, clientOrderID: String) {
    self.init(
      clientOrderID: clientOrderID, symbol: request.symbol, side: OrderSide(request.side),
      type: OrderType(request.type), quantity: request.quantity, limitPrice: request.limitPrice)
  }
}

extension AmendOrder {
  /// The request's fields as they came.
  init(_ request: TradingV1.AmendOrderRequest) {
    self.init(
      quantity: request.quantity, limitPrice: request.limitPrice,
      version: request.version == 0 ? nil : request.version)
  }
}
