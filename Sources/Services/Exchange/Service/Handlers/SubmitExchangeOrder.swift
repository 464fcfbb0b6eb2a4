import Core
import ExchangeContract
import ExchangeDomain
import Logging
import ProcessKit
import RPC

extension ExchangeHandlers {
  /// Takes an order, and trades it at once as far as the quote there is allows.
  func submitExchangeOrder(
    _ request: ExchangeV1.SubmitExchangeOrderRequest, context: ServerContext
  ) async throws -> ExchangeV1.ExchangeOrder {
    let submission = try Submission(request)
    guard let instruments = market.instruments else { throw RPCError.instrumentsUnknown }
    let account = AccountName(rawValue: request.account)
    let order = try await store.submit(
      submission, id: OrderID(UUIDv7.make(now: clock.now)),
      instrument: instruments[submission.terms.symbol], of: account)
    crashPoints.reach(.submitOrderCommitted)
    reports.ring(for: account)
    return ExchangeV1.ExchangeOrder(await matched(order))
  }

  /// A new order after the quote there is; as it was taken when that is not known.
  private func matched(_ order: ExchangeOrder) async -> ExchangeOrder {
    guard !order.state.isFinal, await matching.place(order) else { return order }
    do {
      return try await store.order(order.id, of: order.account) ?? order
    } catch {
      logger.warning(
        "an order is told as it was taken", metadata: ["order": "\(order.id)", "error": "\(error)"])
      return order
    }
  }
}
