import Core
import RPC
import ServiceKit
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// The caller's trades, newest first.
  func listTrades(
    _ request: TradingV1.ListTradesRequest, context: ServerContext
  ) async throws -> TradingV1.ListTradesResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let time = TimeRange(from: request.fromAt, until: request.untilAt, &violations)
    let page = Page(
      size: request.pageSize, token: request.pageToken,
      of: "trades", request.symbol, request.orderID, time.filter, sizes: Self.pageSizes, &violations
    ) { Int64($0) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    var response = TradingV1.ListTradesResponse()
    let order = OrderID(canonical: request.orderID)
    // A filter by an order that cannot be there leaves nothing.
    if !request.orderID.isEmpty, order == nil { return response }
    let filter = Ledger.TradeFilter(
      symbol: Symbol(filter: request.symbol), order: order, time: time, before: page.after)
    let trades = try await ledger.trades(of: account, filter, limit: page.readLimit)
    let (items, nextToken) = page.cut(trades) { "\($0.sequence)" }
    response.trades = items.map { TradingV1.Trade($0) }
    response.nextPageToken = nextToken
    return response
  }
}
