import Core
import MarketDataContract
import TradingContract

/// The orders of the demo: what they ask for depends on the market at hand.
struct DemoPlan: Sendable {
  /// Lots of the small orders.
  private static let lots: Decimal = 10
  /// More of the ask than a quote shows, so that the order fills in parts.
  private static let timesShown: Decimal = 2

  /// A purchase at the market's price, larger than what is offered.
  let large: TradingV1.PlaceOrderRequest
  /// A purchase with a limit that the market is better than.
  let aggressive: TradingV1.PlaceOrderRequest
  /// A purchase with a limit that the market is far from.
  let passive: TradingV1.PlaceOrderRequest
  /// A sale of a part of what was bought.
  let sale: TradingV1.PlaceOrderRequest
  /// A purchase that the simulated exchange executes; nil where it executes nothing.
  let elsewhere: TradingV1.PlaceOrderRequest?

  /// Plans orders of the symbol that offers the least at the paper venue, and one of a symbol that is routed.
  ///
  /// - Parameter routed: whose orders are executed at the exchange.
  /// - Throws: ``DemoError/unexpected(_:)`` if nothing is quoted on a grid.
  init(
    _ instruments: [MarketDataV1.Instrument], quotes: [String: MarketDataV1.Quote],
    routed: [String]
  ) throws {
    let offers = instruments.compactMap { instrument in
      quotes[instrument.symbol].flatMap { Offer(instrument, $0) }
    }
    elsewhere = try offers.first { routed.contains($0.symbol) }.map { offer in
      .market(
        .buy, try offer.lot.multiplied(by: Self.lots), of: offer.symbol, clientOrderID: "elsewhere")
    }
    let here = offers.filter { !routed.contains($0.symbol) }
    guard let offer = here.min(by: { $0.size < $1.size }) else {
      throw DemoError.unexpected("no instrument has a tick size, a lot size and a quote")
    }
    let small = try offer.lot.multiplied(by: Self.lots)
    let symbol = offer.symbol
    large = .market(
      .buy, try offer.size.multiplied(by: Self.timesShown).adding(small), of: symbol,
      clientOrderID: "market")
    aggressive = .limit(
      .buy, small, of: symbol, at: try offer.ask.multiplied(by: 2),
      clientOrderID: "limit-that-fills")
    // Rounded down to the grid.
    let half = offer.bid.units / 2
    guard let low = Decimal(units: half - half % offer.tick.units), low.isPositive else {
      throw DemoError.unexpected("\(symbol) bids \(offer.bid): too low for a lower limit")
    }
    passive = .limit(.buy, small, of: symbol, at: low, clientOrderID: "limit-that-rests")
    sale = .market(.sell, small, of: symbol, clientOrderID: "sale")
  }

  /// What can be bought, and on which grid.
  private struct Offer {
    let symbol: String
    let tick: Decimal
    let lot: Decimal
    let bid: Decimal
    let ask: Decimal
    let size: Decimal

    init?(_ instrument: MarketDataV1.Instrument, _ quote: MarketDataV1.Quote) {
      guard let tick = instrument.priceIncrement, let lot = instrument.lotSize,
        let bid = quote.bidPrice, let ask = quote.askPrice, let size = quote.askSize,
        tick.isPositive, lot.isPositive, size.isPositive
      else { return nil }
      (symbol, self.tick, self.lot) = (instrument.symbol, tick, lot)
      (self.bid, self.ask, self.size) = (bid, ask, size)
    }
  }
}
