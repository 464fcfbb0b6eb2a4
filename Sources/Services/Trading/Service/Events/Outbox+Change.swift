import Core
import Postgres
import ServiceKit
import TradingContract
import TradingDomain

extension Outbox {
  /// Adds what a change tells others to what the transaction commits.
  func append(_ change: Change, at now: Instant, in transaction: PostgresTransaction) {
    if let event = change.event {
      let id = EventID(UUIDv7.make(now: now))
      append(
        TradingV1.OrderEvent(event, of: change.order, id: id, at: now),
        to: TradingV1.Topics.orderEvents, id: id, at: now, in: transaction)
    }
    if let trade = change.trade {
      let id = EventID(UUIDv7.make(now: now))
      append(
        TradingV1.TradeExecution(trade, id: id), to: TradingV1.Topics.tradeExecutions, id: id,
        at: now, in: transaction)
    }
  }
}
