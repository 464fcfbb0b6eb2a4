import BrokerContract
import BrokerDomain
import Core
import Protobuf
import ServiceKit

extension OutboxEntry {
  /// What others are told of an order.
  ///
  /// - Parameters:
  ///   - sequence: The place among the connection's events.
  ///   - now: When it is told, by the clock of this process.
  init(_ event: RoutedOrderEvent, of order: RoutedOrder, sequence: Int64, at now: Instant) {
    let id = EventID(UUIDv7.make(now: now))
    self.init(
      BrokerV1.BrokerEvent(event, of: order, sequence: sequence, id: id),
      to: BrokerV1.Topics.brokerEvents, id: id, at: event.time)
  }
}

extension BrokerV1.BrokerEvent {
  /// An event as it travels.
  init(_ event: RoutedOrderEvent, of order: RoutedOrder, sequence: Int64, id: EventID) {
    self.init()
    eventID = id.rawValue
    connectionID = order.terms.connectionID.rawValue
    self.sequence = sequence
    eventType = BrokerV1.BrokerEventType(event.type)
    clientOrderID = order.id.rawValue
    accountID = order.terms.accountID.rawValue
    self.order = BrokerV1.RoutedOrder(order)
    if let execution = event.execution {
      executionID = execution.id
      lastQuantity = execution.quantity.value
      lastPrice = execution.price.value
    }
    reportSequence = event.reportSequence
    timestamp = Google.Timestamp(event.time)
  }
}

extension BrokerV1.BrokerEventType {
  init(_ type: RoutedOrderEventType) {
    switch type {
    case .accepted: self = .accepted
    case .rejected: self = .rejected
    case .trade: self = .trade
    case .canceled: self = .canceled
    case .expired: self = .expired
    }
  }
}
