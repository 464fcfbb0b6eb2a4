import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC

extension MarketDataHandlers {
  func subscribeQuotes(
    _ request: MarketDataV1.SubscribeQuotesRequest,
    responses: RPCWriter<MarketDataV1.QuoteUpdate>, context: ServerContext
  ) async throws {
    let (snapshot, subscription) = hub.subscribe(to: try symbols(of: request))
    defer { hub.unsubscribe(subscription) }
    try await responses.write(
      .with {
        $0.sequence = 1
        $0.change = .snapshot(.with { $0.quotes = snapshot.map(\.message) })
      })
    while let update = await subscription.next() {
      try await responses.write(
        .with {
          $0.sequence = update.sequence
          $0.change = .quote(update.tick.message)
        })
    }
    try Task.checkCancellation()
    throw MarketDataErrors.stopping
  }

  /// The symbols asked for, each once.
  private func symbols(
    of request: MarketDataV1.SubscribeQuotesRequest
  ) throws(RPCError) -> [Symbol] {
    var symbols: [Symbol] = []
    for (index, text) in request.symbols.enumerated() {
      let symbol = Symbol(rawValue: text)
      guard instruments.contains(symbol) else {
        throw MarketDataErrors.invalid(
          "symbols[\(index)]", "SYMBOL_UNKNOWN", "must be a known symbol, got \(symbol)")
      }
      if !symbols.contains(symbol) { symbols.append(symbol) }
    }
    return symbols
  }
}
