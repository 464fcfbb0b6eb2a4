import Core
import Postgres
import ServiceKit
import TradingDomain

/// What follows when an order is stored, taken by the handler at once and by the resumer if that did
/// not come to it: funds are held for it, and then it is opened, or refused.
struct OrderOpening: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let funds: Funds
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
  /// - Throws: When it is not known whether the funds are held: the order stays pending.
  func open(_ placed: Change) async throws -> Order {
    let footing = try await footing(of: placed.order)
    guard footing != .ended else {
      return try await ledger.order(placed.order.id, of: placed.account.id) ?? placed.order
    }
    do {
      let opened = try await ledger.database.transaction { transaction throws -> Order in
        let change = try decide(placed.order, of: placed.account, footing)
        save(change, in: transaction)
        return change.order
      }
      return await announce(opened)
    } catch is PostgresError {
      return try await open(placed.order.id, of: placed.account.id, footing) ?? placed.order
    }
  }

  /// Opens a pending order; one that is not pending stays as it is.
  ///
  /// - Returns: the order as it stands; nil when the account has no such order.
  /// - Throws: When it is not known whether the funds are held: the order stays pending.
  func open(_ id: OrderID, of account: AccountID) async throws -> Order? {
    guard let order = try await ledger.order(id, of: account) else { return nil }
    guard order.state == .pendingNew else { return order }
    let footing = try await footing(of: order)
    guard footing != .ended else { return try await ledger.order(id, of: account) }
    return try await open(id, of: account, footing)
  }

  private func open(
    _ id: OrderID, of account: AccountID, _ footing: Footing
  ) async throws -> Order? {
    let (order, hasChanged) = try await ledger.database.transactionUntilKnown {
      transaction throws -> (Order?, Bool) in
      guard let (account, order) = try await ledger.lock(account, order: id, in: transaction)
      else { return (nil, false) }
      guard order.state == .pendingNew else { return (order, false) }
      let change = try decide(order, of: account, footing)
      save(change, in: transaction)
      return (change.order, true)
    }
    guard let order, hasChanged else { return order }
    return await announce(order)
  }

  /// What a pending order is decided on.
  private enum Footing: Equatable {
    /// Its funds are held.
    case funded
    /// There is too little.
    case short(FundsShortage)
    /// The venue would not take it, so that no funds were asked for.
    case noMarket
    /// It is over.
    case ended
  }

  private func footing(of order: Order) async throws -> Footing {
    guard hasMarket(order) else { return .noMarket }
    switch try await funds.reserve(for: order) {
    case .held:
      crashPoints.reach(.placeOrderReserved)
      return .funded
    case .short(let shortage): return .short(shortage)
    case .closed: return .ended
    }
  }

  private func hasMarket(_ order: Order) -> Bool {
    order.type == .limit || market.currentQuote(of: order.symbol) != nil
  }

  private func decide(
    _ order: Order, of account: Account, _ footing: Footing
  ) throws(IllegalTransition) -> Change {
    var shortage: FundsShortage?
    if case .short(let lacking) = footing { shortage = lacking }
    return try OpenOrder.decide(
      order, of: account, hasMarket: footing != .noMarket && hasMarket(order), shortage: shortage,
      at: clock.now)
  }

  private func save(_ change: Change, in transaction: PostgresTransaction) {
    ledger.update(
      change, tellsVenue: change.order.state == .open && !venue.isMatching, in: transaction)
    outbox.append(change, at: change.order.updatedAt, in: transaction)
    crashPoints.reach(.placeOrderBeforeOpenCommit)
  }

  private func announce(_ order: Order) async -> Order {
    crashPoints.reach(.placeOrderOpened)
    outbox.wake()
    venue.offer(order)
    // A refused order leaves a mark there: a call that is still under way must hold nothing.
    if order.state == .rejected { await funds.settle(order) }
    return order
  }
}
