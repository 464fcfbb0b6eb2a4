import BrokerContract
import BrokerDomain
import RPC
import ServiceKit

extension BrokerHandlers {
  /// Has an order executed elsewhere: it is stored, and then sent once.
  ///
  /// What happens after it is stored no longer fails the call: the resolver finds out what came of it.
  func routeOrder(
    _ request: BrokerV1.RouteOrderRequest, context: ServerContext
  ) async throws -> BrokerV1.RoutedOrder {
    let terms = try RoutedOrderTerms(request)
    try checkConnection(terms, "connection_id")
    switch try await store.route(terms) {
    case .repeated(let order): return BrokerV1.RoutedOrder(order)
    case .expire(let change): return BrokerV1.RoutedOrder(change.order)
    case .submit(let change):
      crashPoints.reach(.routeOrderStored)
      let sent = await submitting.send(change.order)
      crashPoints.reach(.routeOrderSubmitted)
      return BrokerV1.RoutedOrder(sent.order, as: sent.exchangeOrder)
    }
  }
}
