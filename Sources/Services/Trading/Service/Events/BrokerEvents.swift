import BrokerContract
import Core
import Protobuf
import ServiceKit
import TradingDomain

extension ReportedOrder {
  /// What the broker tells of an order.
  ///
  /// - Parameter tradeID: the new trade's name, if there is one.
  /// - Throws: ``UnprocessableEvent``, when something is missing or out of its range.
  init(
    _ told: BrokerV1.BrokerEvent, origin: CallOrigin, tradeID: TradeID
  ) throws(UnprocessableEvent) {
    guard let connection = ConnectionID(told.connectionID),
      let order = OrderID(canonical: told.clientOrderID),
      let account = AccountID(canonical: told.accountID), let routed = told.order,
      let filled = routed.filledQuantity, !filled.isNegative
    else {
      throw UnprocessableEvent("the broker event's connection, ids or order are malformed")
    }
    let kind: BrokerReport.Kind
    switch told.eventType {
    case .accepted: kind = .accepted
    case .rejected: kind = .rejected(routed.rejectReason)
    case .canceled: kind = .canceled
    case .expired: kind = .expired
    case .trade:
      guard let execution = Execution(told, of: routed, by: connection) else {
        throw UnprocessableEvent("the broker event's trade is malformed")
      }
      kind = .traded(execution, as: tradeID)
    case .unspecified, .unrecognized:
      throw UnprocessableEvent("the broker event's type is not one that is known")
    }
    self.init(
      orderID: order, accountID: account,
      report: BrokerReport(connectionID: connection, kind: kind, filledQuantity: filled),
      origin: origin)
  }
}

extension Execution {
  /// What an exchange has executed; nil when something is missing or out of its range.
  ///
  /// An execution's name is unique among its connection's.
  fileprivate init?(
    _ told: BrokerV1.BrokerEvent, of order: BrokerV1.RoutedOrder, by connection: ConnectionID
  ) {
    guard !told.executionID.isEmpty, let side = OrderSide(order.side),
      let quantity = told.lastQuantity.flatMap({ try? Quantity($0) }),
      let price = told.lastPrice.flatMap({ try? Price($0) })
    else { return nil }
    self.init(
      symbol: Symbol(rawValue: order.symbol), side: side, quantity: quantity, price: price,
      quoteSequence: 0, venueTradeID: "\(connection)-\(told.executionID)",
      executedAt: told.timestamp?.instant)
  }
}

extension OrderSide {
  /// Nil when the side is not stated, or one that nobody here knows.
  fileprivate init?(_ side: BrokerV1.RoutedOrderSide) {
    switch side {
    case .buy: self = .buy
    case .sell: self = .sell
    case .unspecified, .unrecognized: return nil
    }
  }
}
