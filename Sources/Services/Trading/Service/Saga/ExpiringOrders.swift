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

  /// The most orders ended at once.
  static let batchSize = 100

  /// Looks at once, and then again and again, until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do {
        for order in try await ledger.expiredOrders(at: clock.now, limit: Self.batchSize) {
          await expire(order)
        }
      } catch {
        if Task.isCancelled { return }
        logger.warning("orders cannot be expired", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: interval)
    }
  }

  private func expire(_ order: Order) async {
    do {
      guard let expired = try await expire(order.id, of: order.accountID) else { return }
      crashPoints.reach(.expireOrderCommitted)
      outbox.wake()
      venue.offer(expired)
      await funds.settle(expired)
    } catch {
      // The others need not wait for it.
      logger.warning(
        "order cannot be expired", metadata: ["order": "\(order.id)", "error": "\(error)"])
    }
  }

  private func expire(_ id: OrderID, of account: AccountID) async throws -> Order? {
    try await ledger.database.transactionUntilKnown { transaction throws -> Order? in
      guard let (account, order) = try await ledger.lock(account, order: id, in: transaction)
      else { return nil }
      let now = clock.now
      guard let change = ExpireOrder.decide(order, of: account, at: now) else { return nil }
      ledger.update(change, tellsVenue: !venue.isMatching, in: transaction)
      outbox.append(change, at: now, in: transaction)
      return change.order
    }
  }
}
