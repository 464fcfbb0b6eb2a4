import Core
import RPC
import ServiceKit
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Pages of positions.
  static let positionPageSizes = PageSizes(default: 100, max: 500)

  /// The caller's positions, by symbol.
  func listPositions(
    _ request: TradingV1.ListPositionsRequest, context: ServerContext
  ) async throws -> TradingV1.ListPositionsResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: "positions",
      sizes: Self.positionPageSizes, &violations
    ) { try? Symbol(validating: $0) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let positions = try await ledger.positions(
      of: account, after: page.after, limit: page.readLimit)
    let (items, nextToken) = page.cut(positions) { $0.symbol.rawValue }
    var response = TradingV1.ListPositionsResponse()
    response.positions = items.map {
      TradingV1.Position(
        $0.position, of: $0.symbol, owner: account, quote: market.latestQuote(of: $0.symbol))
    }
    response.nextPageToken = nextToken
    return response
  }
}
