import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Changes an order's terms; again with the same terms answers the same.
  func amendOrder(
    _ request: TradingV1.AmendOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    let account = try context.accountID
    guard let id = OrderID(canonical: request.orderID) else {
      throw RPCError.orderNotFound(request.orderID)
    }
    let instruments = market.instruments
    guard !instruments.isEmpty else { throw RPCError.instrumentsUnknown }
    // An order that is not open yet cannot be amended: it is opened first, if that can be.
    if let order = try await ledger.order(id, of: account), order.state == .pendingNew {
      _ = try? await opening.open(id, of: account)
    }
    let outcome = try await amending.amend(
      id, of: account, AmendOrder(request), among: instruments)
    switch outcome {
    case .unknown: throw RPCError.orderNotFound(request.orderID)
    case .order(let order): return TradingV1.Order(order)
    case .short(let order, let shortage): throw RPCError.insufficientFunds(order, shortage)
    }
  }
}
