import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// How many orders or trades a page has when none is asked for.
  static let defaultPageSize = 50

  /// The caller's orders, newest first.
  func listOrders(
    _ request: TradingV1.ListOrdersRequest, context: ServerContext
  ) async throws -> TradingV1.ListOrdersResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken,
      of: ["orders", request.symbol, "\(request.status.rawValue)"], default: Self.defaultPageSize,
      &violations)
    let before = OrderID.pageKey(page.after, &violations)
    let symbol = Symbol.filter(request.symbol, &violations)
    let state = OrderState(request.status)
    if state == nil, request.status != .unspecified {
      violations.append(
        FieldViolation(
          field: "status", description: "\(request.status.rawValue) is not a status",
          reason: "UNKNOWN"))
    }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let filter = Ledger.OrderFilter(symbol: symbol, state: state, before: before)
    let orders = try await ledger.orders(of: account, filter, limit: page.readLimit)
    let (items, nextToken) = page.cut(orders) { $0.id.rawValue }
    var response = TradingV1.ListOrdersResponse()
    response.orders = items.map { TradingV1.Order($0) }
    response.nextPageToken = nextToken
    return response
  }
}

extension OrderID {
  /// Reads the key of a page token; a forged one is noted.
  fileprivate static func pageKey(
    _ key: String?, _ violations: inout [FieldViolation]
  ) -> OrderID? {
    guard let key else { return nil }
    if let id = OrderID(canonical: key) { return id }
    violations.append(.malformedPageToken)
    return nil
  }
}
