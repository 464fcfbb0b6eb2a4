import Core
import ExchangeDomain
import MarketDataContract

extension Instrument {
  /// Reads an instrument; nil when a number is missing or the grid admits inexact notionals.
  init?(_ message: MarketDataV1.Instrument) {
    guard !message.symbol.isEmpty, let increment = message.priceIncrement,
      let lot = message.lotSize
    else { return nil }
    self.init(
      symbol: Symbol(rawValue: message.symbol), priceIncrement: increment, lotSize: lot)
  }
}

extension Quote {
  /// Reads a quote; nil when a number is missing or out of its range.
  init?(_ message: MarketDataV1.Quote) {
    guard !message.symbol.isEmpty, message.sequence > 0,
      let bid = message.bidPrice, let bidPrice = try? Price(bid),
      let ask = message.askPrice, let askPrice = try? Price(ask),
      let bidSize = message.bidSize, !bidSize.isNegative,
      let askSize = message.askSize, !askSize.isNegative
    else { return nil }
    self.init(
      symbol: Symbol(rawValue: message.symbol), sequence: message.sequence, bidPrice: bidPrice,
      bidSize: bidSize, askPrice: askPrice, askSize: askSize)
  }
}
