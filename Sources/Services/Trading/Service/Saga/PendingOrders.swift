import Core
import Logging
import TradingDomain

/// Finishes what a process that died, or lost its database, has left pending: orders that are not
/// opened yet, and amendments.
struct PendingOrders: Sendable {
  let ledger: Ledger
  let opening: OrderOpening
  let amending: OrderAmending
  let market: Market
  let clock: any Core.Clock
  let logger: Logger
  /// How old an order is when it is taken up: one that is younger has its own handler.
  let age: Duration
  /// How often to look.
  let interval: Duration
  /// How old a MARKET order is when it is refused for want of a current quote: the streams of quotes
  /// of a process that has just started are not open yet.
  let marketWait: Duration

  /// The most orders taken up at once.
  static let batchSize = 100

  /// Looks at once, and then again and again, until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do {
        try await resume()
      } catch {
        if Task.isCancelled { return }
        logger.warning("pending orders cannot be resumed", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: interval)
    }
  }

  private func resume() async throws {
    let now = clock.now
    for order in try await ledger.pendingOrders(before: now - age, limit: Self.batchSize) {
      let mayBeQuotedSoon = now - order.createdAt < marketWait
      if order.state == .pendingNew, order.type == .market,
        market.currentQuote(of: order.symbol) == nil, mayBeQuotedSoon
      {
        continue
      }
      do {
        let resumed =
          order.state == .pendingNew
          ? try await opening.open(order.id, of: order.accountID)
          : try await amending.finish(order).order
        logger.info(
          "pending order resumed",
          metadata: ["order": "\(order.id)", "state": "\(resumed?.state.rawValue ?? "")"])
      } catch {
        try Task.checkCancellation()
        // The others need not wait for it.
        logger.warning(
          "pending order cannot be resumed",
          metadata: ["order": "\(order.id)", "error": "\(error)"])
      }
    }
  }
}
