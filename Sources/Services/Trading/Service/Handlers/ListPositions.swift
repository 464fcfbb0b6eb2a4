import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// How many positions a page has when none is asked for.
  static let defaultPositionsPageSize = 100

  /// The caller's positions, by symbol.
  func listPositions(
    _ request: TradingV1.ListPositionsRequest, context: ServerContext
  ) async throws -> TradingV1.ListPositionsResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: ["positions"],
      default: Self.defaultPositionsPageSize, &violations)
    let after = page.after.flatMap { try? Symbol(validating: $0) }
    if page.after != nil, after == nil { violations.append(.malformedPageToken) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let positions = try await ledger.positions(of: account, after: after, limit: page.readLimit)
    let (items, nextToken) = page.cut(positions) { $0.symbol.rawValue }
    var response = TradingV1.ListPositionsResponse()
    response.positions = items.map {
      TradingV1.Position($0.position, of: $0.symbol, owner: account)
    }
    response.nextPageToken = nextToken
    return response
  }
}
