import Core
import Logging
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// Ends the orders whose time is over.
///
/// Every replica looks; who comes second finds the order ended.
struct ExpiringOrders: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let funds: Funds
  let venue: PaperVenue
  let clock: any Core.Clock
  let logger: Logger
  let crashPoints: CrashPoints
  /// How often to look.
  let interval: Duration

  /// How many orders are ended at the same time.
  static let concurrency = 16
  /// How many calls that give funds back are under way at the same time.
  static let callsAtOnce = 16
  /// How many orders wait for such a call; what is behind them is given back by their events alone.
  static let callsWaiting = 1024

  /// Looks at once, and then again and again, until the task is cancelled.
  ///
  /// No order waits until the funds of those before it are given back, which their events see to in any case.
  func run() async {
    let (ended, giveBack) = AsyncStream.makeStream(
      of: Order.self, bufferingPolicy: .bufferingOldest(Self.callsWaiting))
    let backlog = Backlog(
      name: "orders to expire", interval: interval, concurrency: Self.concurrency, logger: logger)
    await withDiscardingTaskGroup { group in
      group.addTask { await settle(ended) }
      await backlog.run { last in
        try await ledger.expiredOrders(at: clock.now, after: last, limit: Backlog.batchSize)
      } finishing: { order in
        if let expired = try await expire(order) { giveBack.yield(expired) }
        return true
      }
      giveBack.finish()
    }
  }

  private func settle(_ ended: AsyncStream<Order>) async {
    await withTaskGroup(of: Void.self) { group in
      var calls = 0
      for await order in ended {
        calls += 1
        if calls > Self.callsAtOnce { await group.next() }
        group.addTask { await funds.settle(order) }
      }
    }
  }

  private func expire(_ order: Order) async throws -> Order? {
    guard let expired = try await expire(order.id, of: order.accountID) else { return nil }
    crashPoints.reach(.expireOrderCommitted)
    venue.offer(expired)
    return expired
  }

  private func expire(_ id: OrderID, of account: AccountID) async throws -> Order? {
    try await ledger.database.transactionUntilKnown { transaction throws -> Order? in
      guard let (account, order) = try await ledger.lock(account, order: id, in: transaction)
      else { return nil }
      let now = clock.now
      guard let change = ExpireOrder.decide(order, of: account, at: now) else { return nil }
      ledger.update(change, tellsVenue: venue.learnsByInbox(order), in: transaction)
      outbox.append(change, at: now, in: transaction)
      return change.order
    }
  }
}
