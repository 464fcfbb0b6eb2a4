import Core
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// What follows when an order is stored, taken by the handler at once and by the resumer if that did
/// not come to it: funds are held for it, and then it is opened, given over to the broker, or refused.
struct OrderOpening: Sendable {
  let ledger: Ledger
  let funds: Funds
  let routing: OrderRouting
  let market: Market
  let venue: PaperVenue
  let clock: any Core.Clock
  let crashPoints: CrashPoints
  /// How old a MARKET order is when it is refused for want of a current quote: the streams of quotes
  /// of a process that has just started are not open yet.
  let marketWait: Duration

  /// Opens a pending order; one that is not pending stays as it is.
  ///
  /// - Returns: the order as it stands, whoever has decided on it; nil when the account has no such order.
  /// - Throws: When it is not known whether the funds are held, or whether the broker has it: the order stays pending.
  func open(_ id: OrderID, of account: AccountID) async throws -> Order? {
    guard let order = try await ledger.order(id, of: account) else { return nil }
    return try await open(order)
  }

  /// Opens an order as it was stored or read just now.
  func open(_ order: Order) async throws -> Order? {
    guard order.state == .pendingNew else { return order }
    guard order.routedAt == nil else { return try await routing.resume(order) }
    let footing = try await footing(of: order)
    guard footing != .ended else { return try await ledger.order(order.id, of: order.accountID) }
    if order.connectionID != nil && footing == .funded { return try await routing.route(order) }
    let opening = LedgerOperation(
      subject: .existing(order.id), symbol: order.symbol,
      decide: { [self] account, order in
        // Someone else may have found the funds held: what is at the broker is not refused here.
        guard let order, order.state == .pendingNew, order.routedAt == nil else { return nil }
        return try decide(order, of: account, footing)
      }, tellsVenue: { [venue] in $0.state == .open && venue.learnsByInbox($0) },
      crashPoint: .placeOrderBeforeOpenCommit)
    let outcome = try await ledger.perform(opening, for: order.accountID)
    guard let change = outcome.change else { return outcome.order }
    return await announce(change.order)
  }

  /// Whether an order that is taken up again has to wait for the first quote.
  func mayBeQuotedSoon(_ order: Order) -> Bool {
    order.state == .pendingNew && order.routedAt == nil && !hasMarket(order)
      && clock.now - order.createdAt < marketWait
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

  private func announce(_ order: Order) async -> Order {
    crashPoints.reach(.placeOrderOpened)
    venue.offer(order)
    // A refused order leaves a mark there: a call that is still under way must hold nothing.
    if order.state == .rejected { await funds.settle(order) }
    return order
  }
}
