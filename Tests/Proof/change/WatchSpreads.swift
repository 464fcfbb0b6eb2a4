import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC

extension MarketDataHandlers {
  func watchSpreads(
    _ request: MarketDataV1.WatchSpreadsRequest,
    responses: RPCWriter<MarketDataV1.SpreadUpdate>, context: ServerContext
  ) async throws {
    let (ticks, subscription) = hub.subscribe(to: try request.symbols.map { try known($0) })
    defer { hub.unsubscribe(subscription) }
    try await responses.write(
      .with {
        $0.sequence = 1
        $0.change = .snapshot(.with { $0.spreads = ticks.map(\.spread) })
      })
    while let update = await subscription.next() {
      try await responses.write(
        .with {
          $0.sequence = update.sequence
          $0.change = .spread(update.tick.spread)
        })
    }
    try Task.checkCancellation()
    throw MarketDataErrors.stopping
  }
}
