import Core
import Postgres
import ServiceKit
import TradingContract
import TradingDomain

extension OutboxEntry {
  /// What a change tells others.
  static func entries(for change: Change, at now: Instant) -> [OutboxEntry] {
    var entries: [OutboxEntry] = []
    if let event = change.event {
      let id = EventID(UUIDv7.make(now: now))
      let told = TradingV1.OrderEvent(event, of: change.order, id: id, at: now)
      entries.append(OutboxEntry(told, to: TradingV1.Topics.orderEvents, id: id, at: now))
      let statusID = EventID(UUIDv7.make(now: now))
      entries.append(
        OutboxEntry(
          TradingV1.OrderStatusUpdate(told, id: statusID),
          to: TradingV1.Topics.orderStatusUpdates, id: statusID, at: now))
    }
    if let trade = change.trade {
      let id = EventID(UUIDv7.make(now: now))
      entries.append(
        OutboxEntry(
          TradingV1.TradeExecution(trade, id: id), to: TradingV1.Topics.tradeExecutions, id: id,
          at: now))
    }
    return entries
  }
}

extension Outbox {
  /// Adds what a change tells others to what the transaction commits.
  func append(_ change: Change, at now: Instant, in transaction: PostgresTransaction) {
    append(OutboxEntry.entries(for: change, at: now), in: transaction)
  }
}
