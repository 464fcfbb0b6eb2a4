import Core
import ExchangeContract
import ExchangeDomain
import ProcessKit
import RPC

extension ExchangeHandlers {
  /// Withdraws an order; one that is over answers as it ended.
  func cancelExchangeOrder(
    _ request: ExchangeV1.CancelExchangeOrderRequest, context: ServerContext
  ) async throws -> ExchangeV1.ExchangeOrder {
    let account = AccountName(rawValue: request.account)
    let order = try await store.cancel(OrderID(rawValue: request.exchangeOrderID), of: account)
    guard let order else { throw RPCError.orderNotFound(request.exchangeOrderID, of: account) }
    crashPoints.reach(.cancelOrderCommitted)
    matching.note(order)
    reports.ring(for: account)
    return ExchangeV1.ExchangeOrder(order)
  }
}
