import Core
import Logging
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// Has an order executed elsewhere: the last step of placing it, taken by the handler at once and by the resumer if that did
/// not come to it.
///
/// The broker is asked to route an order once, by whoever has stored that it is given over (``RouteOrder``). Whoever else comes
/// asks first whether the broker has it. While that is not known the order stays pending: nothing here ends it.
struct OrderRouting: Sendable {
  let ledger: Ledger
  let funds: Funds
  let broker: Broker
  let clock: any Core.Clock
  let logger: Logger
  let crashPoints: CrashPoints

  /// Routes a pending order whose funds are held.
  ///
  /// - Returns: the order as it stands; nil when the account has no such order.
  /// - Throws: When it is not known whether the broker has it: the order stays pending.
  func route(_ pending: Order) async throws -> Order? {
    let (stored, isFirst) = try await giveOver(pending)
    guard let order = stored, order.state == .pendingNew else { return stored }
    guard isFirst else { return try await resume(order) }
    crashPoints.reach(.routeOrderBefore)
    return try await take(try await broker.route(order), order)
  }

  /// Asks for a pending order that was given over, and routes it if it has not arrived.
  ///
  /// - Throws: As ``route(_:)``.
  func resume(_ order: Order) async throws -> Order? {
    if let answer = try await broker.find(order) { return try await take(answer, order) }
    return try await take(try await broker.route(order), order)
  }

  private nonisolated(nonsending) func giveOver(
    _ pending: Order
  ) async throws -> (order: Order?, isFirst: Bool) {
    try await ledger.database.transactionUntilKnown { transaction throws -> (Order?, Bool) in
      guard
        let (account, order) = try await ledger.lock(
          pending.accountID, order: pending.id, in: transaction)
      else { return (nil, false) }
      // Its own change, whose outcome was not known, is another's as well: so it asks first.
      guard let change = RouteOrder.decide(order, of: account, at: clock.now) else {
        return (order, false)
      }
      ledger.update(change, tellsVenue: false, in: transaction)
      return (change.order, true)
    }
  }

  /// Opens or refuses the order by the broker's answer; the broker's event may have come first.
  private func take(_ answer: Broker.Answer, _ routed: Order) async throws -> Order? {
    crashPoints.reach(.routeOrderSent)
    let kind: BrokerReport.Kind
    switch answer {
    case .undecided: return try await ledger.order(routed.id, of: routed.accountID)
    case .accepted: kind = .accepted
    case .rejected(let reason):
      logger.info(
        "order rejected by the exchange",
        metadata: ["order": "\(routed.id)", "reason": "\(reason)"])
      kind = .rejected(reason)
    }
    let taking = LedgerOperation(
      subject: .existing(routed.id), symbol: routed.symbol,
      decide: { [clock] account, order in
        guard let order, order.state == .pendingNew, let connection = order.connectionID else {
          return nil
        }
        let report = BrokerReport(connectionID: connection, kind: kind, filledQuantity: .zero)
        return try report.decide(order, of: account, at: clock.now).first
      }, tellsVenue: { _ in false }, crashPoint: .placeOrderBeforeOpenCommit)
    let outcome = try await ledger.perform(taking, for: routed.accountID)
    guard let change = outcome.change else { return outcome.order }
    crashPoints.reach(.placeOrderOpened)
    if change.order.state == .rejected { await funds.settle(change.order) }
    return change.order
  }
}
