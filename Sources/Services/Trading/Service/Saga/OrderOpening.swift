import Core
import Postgres
import ServiceKit
import TradingDomain

/// The second step of placing an order, taken by the handler at once and by the resumer if that did
/// not come to it: a pending order is opened, or refused.
struct OrderOpening: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let market: Market
  let venue: PaperVenue
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// Opens an order that this task has just stored.
  ///
  /// The account is not read again: the change is made from the version that the first step left,
  /// and only if another change came between is it decided anew.
  ///
  /// - Returns: the order as it stands, whoever has decided on it.
  func open(_ placed: Change) async throws -> Order {
    do {
      return try await ledger.database.transaction { transaction throws -> Order in
        let change = try decide(placed.order, of: placed.account)
        save(change, in: transaction)
        return change.order
      }.opened(self)
    } catch is PostgresError {
      return try await open(placed.order.id, of: placed.account.id) ?? placed.order
    }
  }

  /// Opens a pending order; one that is not pending stays as it is.
  ///
  /// - Returns: the order as it stands; nil when the account has no such order.
  func open(_ id: OrderID, of account: AccountID) async throws -> Order? {
    try await ledger.repeating { transaction throws -> Order? in
      guard let (account, order) = try await ledger.lock(account, order: id, in: transaction)
      else { return nil }
      guard order.state == .pendingNew else { return order }
      let change = try decide(order, of: account)
      save(change, in: transaction)
      return change.order
    }?.opened(self)
  }

  private func decide(_ order: Order, of account: Account) throws(IllegalTransition) -> Change {
    try OpenOrder.decide(
      order, of: account, hasMarket: market.currentQuote(of: order.symbol) != nil, at: clock.now)
  }

  private func save(_ change: Change, in transaction: PostgresTransaction) {
    ledger.update(
      change, tellsVenue: change.order.state == .open && !venue.isMatching, in: transaction)
    outbox.append(change, at: change.order.updatedAt, in: transaction)
    crashPoints.reach(.placeOrderBeforeOpenCommit)
  }

  fileprivate func announce(_ order: Order) {
    crashPoints.reach(.placeOrderOpened)
    outbox.wake()
    venue.offer(order)
  }
}

extension Order {
  fileprivate func opened(_ opening: OrderOpening) -> Order {
    opening.announce(self)
    return self
  }
}
