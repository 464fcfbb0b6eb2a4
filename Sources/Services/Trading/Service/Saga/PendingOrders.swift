import Core
import Logging
import TradingDomain

/// Finishes what a process that died, or lost its database, has left pending: orders that are not
/// opened yet, and amendments; ``RoutedOrders`` sees to those that are executed elsewhere.
///
/// New orders are looked for where they are likely, which costs little, and now and then among all that work. Amendments have
/// an index of their own. So none of the three looks reads more because of what another one has found.
struct PendingOrders: Sendable {
  let ledger: Ledger
  let opening: OrderOpening
  let amending: OrderAmending
  let clock: any Core.Clock
  let logger: Logger
  /// How old an order is when it is taken up: one that is younger has its own handler.
  let age: Duration
  /// How often to look.
  let interval: Duration

  /// How many orders each look has in hand at once: as many as share a transaction of each of the two databases, and so few
  /// that most connections are left to the handlers.
  static let concurrency = 16
  /// How long after its name was made a new order may still be stored, by whatever clock: for most it is milliseconds.
  static let delay: Duration = .seconds(2)
  /// How old an order is that is left to the look at all that work, though it was found pending before.
  static let reach: Duration = .seconds(30)
  /// How often all that work are looked through, for what is older or took longer: each is found within ten seconds.
  ///
  /// How long a backlog takes from then on is up to asset management and the database.
  static let sweepInterval: Duration = .seconds(5)

  /// Looks at once, and then again and again, until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await finishRecent() }
      group.addTask { await finishAll() }
      group.addTask { await finishAmendments() }
    }
  }

  /// Opens new orders by their names: those of the last seconds, and from the first on that was pending the last time.
  private func finishRecent() async {
    var first = floor(of: age + Self.delay)
    await backlog("pending orders", interval).run { last in
      let time = clock.now - age
      let orders = try await ledger.pendingOrders(
        before: time, from: max(first, floor(of: age + Self.reach)), after: last,
        limit: Backlog.batchSize)
      // What was not found now is younger, or comes behind the first of these.
      if last == nil { first = min(floor(of: age + Self.delay), orders.first?.id ?? first) }
      return orders
    } finishing: { order in
      try await open(order)
    }
  }

  /// Opens new orders wherever they are among those that work.
  private func finishAll() async {
    await backlog("pending orders", max(interval, Self.sweepInterval)).run { last in
      try await ledger.pendingWorkingOrders(
        before: clock.now - age, after: last, limit: Backlog.batchSize)
    } finishing: { order in
      try await open(order)
    }
  }

  private func finishAmendments() async {
    await backlog("pending amendments", interval).run { last in
      try await ledger.amendedOrders(
        before: clock.now - age, after: last, limit: Backlog.batchSize)
    } finishing: { order in
      let amended = try await amending.resume(order)
      log(order, amended)
      return amended?.amendment == nil
    }
  }

  private func backlog(_ name: String, _ interval: Duration) -> Backlog {
    Backlog(name: name, interval: interval, concurrency: Self.concurrency, logger: logger)
  }

  /// The name from which on orders are that are no older than that.
  private func floor(of age: Duration) -> OrderID {
    OrderID(UUIDv7.make(now: max(.epoch, clock.now - age)))
  }

  private func open(_ order: Order) async throws -> Bool {
    if opening.mayBeQuotedSoon(order) { return false }
    let opened = try await opening.open(order.id, of: order.accountID)
    log(order, opened)
    return opened?.state != .pendingNew
  }

  private func log(_ order: Order, _ resumed: Order?) {
    logger.info(
      "pending order resumed",
      metadata: ["order": "\(order.id)", "state": "\(resumed?.state.rawValue ?? "")"])
  }
}
