import Core
import Logging
import TradingDomain

/// Finishes what is left pending of orders that are executed elsewhere: those of which it is not known whether the exchange has
/// them, and those whose end the broker has been asked for.
///
/// Apart from ``PendingOrders``, so that no order of the paper venue waits for a broker that is away.
struct RoutedOrders: Sendable {
  let ledger: Ledger
  let opening: OrderOpening
  let broker: Broker
  let clock: any Core.Clock
  let logger: Logger
  /// How old an order is when it is taken up: one that is younger has its own handler.
  let age: Duration
  /// How often to look.
  let interval: Duration

  /// How many of them are asked for at the same time: an answer that does not come keeps few others waiting.
  static let concurrency = 8

  /// Looks at once, and then again and again, until the task is cancelled.
  func run() async {
    let backlog = Backlog(
      name: "routed orders", interval: interval, concurrency: Self.concurrency, logger: logger)
    await backlog.run { last in
      try await ledger.pendingRoutedOrders(
        before: clock.now - age, after: last, limit: Backlog.batchSize)
    } finishing: { order in
      try await resume(order)
    }
  }

  private func resume(_ order: Order) async throws -> Bool {
    guard order.state != .pendingCancel else {
      await broker.cancel(order)
      // Its end is told by an event.
      return false
    }
    guard !opening.mayBeQuotedSoon(order) else { return false }
    let resumed = try await opening.open(order.id, of: order.accountID)
    logger.info(
      "routed order resumed",
      metadata: ["order": "\(order.id)", "state": "\(resumed?.state.rawValue ?? "")"])
    return resumed?.state != .pendingNew
  }
}
