import Core
import MarketDataContract
import MarketDataDomain
import Protobuf
import RPC

extension MarketDataHandlers {
  func getSpread(
    _ request: MarketDataV1.GetSpreadRequest, context: ServerContext
  ) async throws -> MarketDataV1.Spread {
    guard let latest = hub.latest(of: try known(request.symbol)) else {
      throw MarketDataErrors.noQuoteYet(request.symbol, latest: 0)
    }
    return latest.spread
  }
}

extension Tick {
  /// The spread as it is sent.
  var spread: MarketDataV1.Spread {
    .with {
      $0.symbol = quote.symbol.rawValue
      $0.bidPrice = quote.bidPrice
      $0.askPrice = quote.askPrice
      $0.width = quote.askPrice - quote.bidPrice
    }
  }
}
