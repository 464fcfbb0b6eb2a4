import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// One of the caller's orders.
  func getOrder(
    _ request: TradingV1.GetOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    let account = try context.accountID
    guard let id = OrderID(canonical: request.orderID),
      let order = try await ledger.order(id, of: account)
    else { throw RPCError.orderNotFound(request.orderID) }
    return TradingV1.Order(order)
  }
}
