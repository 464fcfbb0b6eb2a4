import ExchangeContract
import ExchangeDomain
import Protobuf
import RPC

extension ExchangeHandlers {
  /// The latest order of a name, or that there is none, and when that was so.
  func findExchangeOrder(
    _ request: ExchangeV1.FindExchangeOrderRequest, context: ServerContext
  ) async throws -> ExchangeV1.FindExchangeOrderResponse {
    let finding = try await store.find(
      ClientOrderID(rawValue: request.clientOrderID), of: AccountName(rawValue: request.account))
    var response = ExchangeV1.FindExchangeOrderResponse()
    response.order = finding.order.map { ExchangeV1.ExchangeOrder($0) }
    response.asOf = Google.Timestamp(finding.asOf)
    return response
  }
}
