import Core
import Events
import Protobuf
import ServiceKit
import TradingContract

/// What trading tells of one order: events as the topics carry them.
struct TradingStory {
  let order: String
  let user: String
  let side: TradingV1.OrderSide
  private var version: Int64 = 1
  private(set) var orderEvents: [EventEnvelope<TradingV1.OrderEvent>] = []
  private(set) var executions: [EventEnvelope<TradingV1.TradeExecution>] = []

  init(
    _ side: TradingV1.OrderSide = .buy, order: String = AssetFixture.newID(), of user: String
  ) {
    self.order = order
    self.user = user
    self.side = side
  }

  /// The order stands so now, and may cost so much in all.
  mutating func tell(_ status: TradingV1.OrderStatus, total: String?) throws {
    version += 1
    var event = TradingV1.OrderEvent()
    event.eventID = AssetFixture.newID()
    event.userID = user
    event.orderID = order
    event.symbol = "AAPL"
    event.reservationTotal = try total.map { try Decimal($0) }
    event.order = .with {
      $0.orderID = order
      $0.status = status
      $0.version = version
    }
    orderEvents.append(Self.envelope(event, event.eventID, of: TradingV1.Topics.orderEvents))
  }

  /// A part of it was traded.
  mutating func fill(
    _ quantity: String, at price: String?, fee: String, trade: String = AssetFixture.newID()
  ) throws {
    var event = TradingV1.TradeExecution()
    event.eventID = AssetFixture.newID()
    event.userID = user
    event.orderID = order
    event.tradeID = trade
    event.symbol = "AAPL"
    event.side = side
    event.quantity = try Decimal(quantity)
    event.price = try price.map { try Decimal($0) }
    event.fee = try Decimal(fee)
    executions.append(Self.envelope(event, event.eventID, of: TradingV1.Topics.tradeExecutions))
  }

  private static func envelope<Event: Message>(
    _ event: Event, _ id: String, of topic: Topic<Event>
  ) -> EventEnvelope<Event> {
    EventEnvelope(
      key: topic.key(event),
      headers: EventHeaders(
        eventID: EventID(rawValue: id), eventType: Event.messageName, occurredAt: .epoch,
        producer: "trading", sequence: topic.sequence?(event) ?? 0),
      event: event)
  }
}
