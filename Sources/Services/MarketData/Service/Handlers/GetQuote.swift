import MarketDataContract
import MarketDataDomain
import RPC

extension MarketDataHandlers {
  func getQuote(
    _ request: MarketDataV1.GetQuoteRequest, context: ServerContext
  ) async throws -> MarketDataV1.Quote {
    let symbol = try known(request.symbol)
    let latest = hub.latest(of: symbol)
    if request.sequence == 0 || request.sequence == latest?.quote.sequence {
      guard let latest else { throw MarketDataErrors.noQuoteYet(request.symbol, latest: 0) }
      return latest.message
    }
    // A replica that follows may know of a sequence later than storage does.
    if let tick = try await ticks.tick(of: symbol, sequence: request.sequence) {
      return tick.message
    }
    let latestSequence = latest?.quote.sequence ?? 0
    throw request.sequence > latestSequence
      ? MarketDataErrors.noQuoteYet(request.symbol, latest: latestSequence)
      : MarketDataErrors.quoteNotKept(request.symbol, sequence: request.sequence)
  }
}
