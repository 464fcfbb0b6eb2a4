import MarketDataContract
import MarketDataDomain
import RPC
import ServiceKit

/// The service's RPCs; each has a file of its own.
struct MarketDataHandlers: MarketDataV1.MarketDataService {
  let instruments: Instruments
  let hub: QuoteHub
  let ticks: TickStore
  let candles: CandleStore

  /// Pages of every list.
  static let pageSizes = PageSizes(default: 100, max: 1_000)

  /// The symbol of a request about one instrument.
  func known(_ text: String) throws(RPCError) -> Symbol {
    let symbol = Symbol(rawValue: text)
    guard instruments.contains(symbol) else { throw MarketDataErrors.symbolUnknown(text) }
    return symbol
  }
}
