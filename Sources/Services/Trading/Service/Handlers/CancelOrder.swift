import Core
import Postgres
import RPC
import ServiceKit
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Withdraws an order; again on a canceled one answers the same.
  ///
  /// One that was given over to the broker is withdrawn there: the answer says that this is asked for, and again asks again.
  func cancelOrder(
    _ request: TradingV1.CancelOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    let account = try context.accountID
    guard let id = OrderID(canonical: request.orderID) else {
      throw RPCError.orderNotFound(request.orderID)
    }
    let order = try await cancel(id, of: account)
    guard let order else { throw RPCError.orderNotFound(request.orderID) }
    guard order.state != .pendingCancel else {
      crashPoints.reach(.cancelOrderRequested)
      await broker.cancel(order)
      return TradingV1.Order(order)
    }
    crashPoints.reach(.cancelOrderCommitted)
    venue.offer(order)
    await funds.settle(order)
    return TradingV1.Order(order)
  }

  private nonisolated(nonsending) func cancel(
    _ id: OrderID, of account: AccountID
  ) async throws -> Order? {
    try await ledger.database.transactionUntilKnown { transaction throws -> Order? in
      guard let (account, order) = try await ledger.lock(account, order: id, in: transaction)
      else { return nil }
      let now = clock.now
      guard let change = try CancelOrder.decide(order, of: account, at: now) else { return order }
      ledger.update(change, tellsVenue: venue.learnsByInbox(order), in: transaction)
      outbox.append(change, at: now, in: transaction)
      return change.order
    }
  }
}
