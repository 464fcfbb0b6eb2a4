import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC
import ServiceKit

extension MarketDataHandlers {
  func listCandles(
    _ request: MarketDataV1.ListCandlesRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListCandlesResponse {
    let symbol = try known(request.symbol)
    let interval = CandleInterval(request.interval)
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken,
      of: "candles", symbol.rawValue, interval.rawValue, sizes: Self.pageSizes, &violations
    ) { text in Int64(text).map { Instant(microseconds: $0) } }
    guard violations.isEmpty else { throw MarketDataErrors.invalid(violations) }
    let found = try await candles.candles(
      of: symbol, interval, before: page.after, limit: page.readLimit)
    let (items, nextToken) = page.cut(found) { "\($0.openTime.microseconds)" }
    return .with {
      $0.candles = items.map(\.message)
      $0.nextPageToken = nextToken
    }
  }
}
