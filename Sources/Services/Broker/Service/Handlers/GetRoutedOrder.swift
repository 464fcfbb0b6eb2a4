import BrokerContract
import BrokerDomain
import ExchangeContract
import RPC

extension BrokerHandlers {
  /// An order as it stands; while it is not known what became of it, as the exchange has it.
  func getRoutedOrder(
    _ request: BrokerV1.GetRoutedOrderRequest, context: ServerContext
  ) async throws -> BrokerV1.RoutedOrder {
    let id = ClientOrderID(rawValue: request.clientOrderID)
    guard let order = try await store.order(id) else { throw RPCError.orderNotRouted(id) }
    guard order.state == .pendingNew else { return BrokerV1.RoutedOrder(order) }
    // That the exchange does not say is no failure: then it is not known.
    let found = try? await exchange.find(order).1
    return BrokerV1.RoutedOrder(order, as: found)
  }
}
