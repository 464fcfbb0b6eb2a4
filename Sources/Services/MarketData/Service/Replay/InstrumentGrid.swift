import Core
import MarketDataDomain

/// The grid that all instruments of a file of bars share: US stocks.
enum InstrumentGrid {
  /// Bids, asks and limit prices are whole cents.
  static let priceIncrement = Decimal(units: Decimal.one.units / 100) ?? .one
  /// Orders are for whole shares.
  static let lotSize = Decimal.one
  /// Prices are in US dollars.
  static let quoteAsset = AssetID(rawValue: "USD")
  /// The tape prints hundredths of a cent, as the bars have them.
  static let printScale = 4

  /// The instruments that have bars, by symbol.
  static func instruments(of bars: [Bar]) throws(InstrumentError) -> [Instrument] {
    try Set(bars.map(\.symbol)).sorted().map { symbol throws(InstrumentError) in
      try Instrument(
        symbol: symbol, priceIncrement: priceIncrement, lotSize: lotSize, quoteAsset: quoteAsset,
        printScale: printScale)
    }
  }
}
