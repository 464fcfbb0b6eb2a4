public import MarketDataContract
internal import NIOHTTP1

extension PlatformClient {
  /// Every instrument.
  public func instruments(pageSize: Int = 100) async throws -> [MarketDataV1.Instrument] {
    try await pages(
      "/api/market-data/symbols", [], pageSize: pageSize,
      as: MarketDataV1.ListInstrumentsResponse.self, items: \.instruments, next: \.nextPageToken)
  }

  /// The latest quote of a symbol, or the one of a sequence.
  public func quote(of symbol: String, sequence: Int64? = nil) async throws -> MarketDataV1.Quote {
    let path = Self.path(
      "/api/market-data/\(Self.escaped(symbol))/ticker",
      [("sequence", sequence.map { "\($0)" } ?? "")])
    return try await send(.GET, path, as: MarketDataV1.Quote.self)
  }

  /// The first page of a symbol's candles, newest first.
  public func candles(
    of symbol: String, interval: MarketDataV1.CandleInterval, pageSize: Int = 100
  ) async throws -> MarketDataV1.ListCandlesResponse {
    let path = Self.path(
      "/api/market-data/\(Self.escaped(symbol))/candles",
      [("interval", "\(interval.rawValue)"), ("page_size", "\(pageSize)")])
    return try await send(.GET, path, as: MarketDataV1.ListCandlesResponse.self)
  }
}
