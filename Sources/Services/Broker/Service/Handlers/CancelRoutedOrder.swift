import BrokerContract
import BrokerDomain
import ExchangeContract
import Logging
import RPC
import ServiceKit

extension BrokerHandlers {
  /// Has an order withdrawn; again answers how it stands.
  ///
  /// What happens after the wish is stored no longer fails the call: the resolver repeats it.
  func cancelRoutedOrder(
    _ request: BrokerV1.CancelRoutedOrderRequest, context: ServerContext
  ) async throws -> BrokerV1.RoutedOrder {
    let terms = try RoutedOrderTerms(request.order ?? BrokerV1.RouteOrderRequest())
    try checkConnection(terms, "order.connection_id")
    let decision = try await store.cancel(terms)
    crashPoints.reach(.cancelOrderStored)
    switch decision {
    case .noted(let order): return BrokerV1.RoutedOrder(order)
    case .request(let change), .mark(let change): return BrokerV1.RoutedOrder(change.order)
    case .send(let change, let id): return await withdraw(change.order, id)
    case .sendAgain(let order, let id): return await withdraw(order, id)
    }
  }

  private func withdraw(
    _ order: RoutedOrder, _ id: ExchangeOrderID
  ) async -> BrokerV1.RoutedOrder {
    do {
      let canceled = try await exchange.cancel(id, of: order.terms.connectionID)
      crashPoints.reach(.cancelOrderSent)
      return BrokerV1.RoutedOrder(order, as: canceled)
    } catch {
      logger.warning(
        "an order could not be withdrawn yet",
        metadata: ["order": "\(order.id)", "error": "\(error)"])
      return BrokerV1.RoutedOrder(order)
    }
  }
}
