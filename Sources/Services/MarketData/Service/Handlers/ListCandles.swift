import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC

extension MarketDataHandlers {
  func listCandles(
    _ request: MarketDataV1.ListCandlesRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListCandlesResponse {
    let symbol = try known(request.symbol)
    guard let interval = CandleInterval(request.interval) else {
      throw MarketDataErrors.invalid(
        "interval", "UNKNOWN",
        "must be a CandleInterval of the contract, got \(request.interval.rawValue)")
    }
    let limit = try Requests.pageSize(request.pageSize)
    let before = try lastOpenTime(request.pageToken, symbol, interval)
    // One more than asked for tells whether there is another page.
    let found = try await candles.candles(of: symbol, interval, before: before, limit: limit + 1)
    return .with {
      $0.candles = found.prefix(limit).map(\.message)
      if found.count > limit {
        $0.nextPageToken = PageToken.make(
          symbol.rawValue, interval.rawValue, "\(found[limit - 1].openTime.microseconds)")
      }
    }
  }

  private func lastOpenTime(
    _ token: String, _ symbol: Symbol, _ interval: CandleInterval
  ) throws(RPCError) -> Instant? {
    guard !token.isEmpty else { return nil }
    guard let parts = PageToken.read(token, count: 3), parts[0] == symbol.rawValue,
      parts[1] == interval.rawValue, let microseconds = Int64(parts[2])
    else { throw Requests.wrongPageToken(token) }
    return Instant(microseconds: microseconds)
  }
}
