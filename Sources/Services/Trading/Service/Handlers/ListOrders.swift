import Core
import RPC
import ServiceKit
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Pages of orders or trades.
  static let pageSizes = PageSizes(default: 50, max: 500)

  /// The caller's orders, newest first.
  func listOrders(
    _ request: TradingV1.ListOrdersRequest, context: ServerContext
  ) async throws -> TradingV1.ListOrdersResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken,
      of: "orders", request.symbol, "\(request.status.rawValue)", sizes: Self.pageSizes,
      &violations
    ) { OrderID(canonical: $0) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let filter = Ledger.OrderFilter(
      symbol: Symbol(filter: request.symbol), state: OrderState(request.status),
      before: page.after)
    let orders = try await ledger.orders(of: account, filter, limit: page.readLimit)
    let (items, nextToken) = page.cut(orders) { $0.id.rawValue }
    var response = TradingV1.ListOrdersResponse()
    response.orders = items.map { TradingV1.Order($0) }
    response.nextPageToken = nextToken
    return response
  }
}
