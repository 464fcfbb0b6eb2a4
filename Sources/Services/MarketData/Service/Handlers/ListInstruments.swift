import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC
import ServiceKit

extension MarketDataHandlers {
  func listInstruments(
    _ request: MarketDataV1.ListInstrumentsRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListInstrumentsResponse {
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: "instruments", sizes: Self.pageSizes,
      &violations
    ) { Symbol($0) }
    guard violations.isEmpty else { throw MarketDataErrors.invalid(violations) }
    let (items, nextToken) = page.cut(instruments.after(page.after)) { $0.symbol.rawValue }
    return .with {
      $0.instruments = items.map(\.message)
      $0.nextPageToken = nextToken
    }
  }
}
