import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC

extension MarketDataHandlers {
  func listInstruments(
    _ request: MarketDataV1.ListInstrumentsRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListInstrumentsResponse {
    let limit = try Requests.pageSize(request.pageSize)
    let page = instruments.page(after: try lastSymbol(request.pageToken), limit: limit)
    return .with {
      $0.instruments = page.instruments.map(\.message)
      if page.more, let last = page.instruments.last {
        $0.nextPageToken = PageToken.make(last.symbol.rawValue)
      }
    }
  }

  private func lastSymbol(_ token: String) throws(RPCError) -> Symbol? {
    guard !token.isEmpty else { return nil }
    guard let parts = PageToken.read(token, count: 1), let symbol = Symbol(parts[0]) else {
      throw Requests.wrongPageToken(token)
    }
    return symbol
  }
}
