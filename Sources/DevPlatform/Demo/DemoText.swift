import Core
import MarketDataContract
import Protobuf
import TradingContract

/// How the demo words what it sees.
enum DemoText {
  /// A value's name as JSON prints it: `BUY`.
  static func name(_ value: some Enum) -> String { value.jsonName ?? "\(value.rawValue)" }

  /// `BUY 10 AAPL MARKET: FILLED, 10 at 530.21`.
  static func state(of order: TradingV1.Order) -> String {
    let limit = order.limitPrice.map { " \($0)" } ?? ""
    let filled = order.averagePrice.map { ", \(order.filledQuantity ?? 0) at \($0)" } ?? ""
    let quantity = order.quantity.map(\.description) ?? "?"
    return "\(name(order.side)) \(quantity) \(order.symbol) \(name(order.type))\(limit)"
      + ": \(name(order.status))\(filled)"
  }

  /// `AAPL quote 7: bid 530.10 × 400, ask 530.21 × 300`.
  static func prices(of quote: MarketDataV1.Quote) -> String {
    let bid = "\(quote.bidPrice ?? 0) × \(quote.bidSize ?? 0)"
    let ask = "\(quote.askPrice ?? 0) × \(quote.askSize ?? 0)"
    return "\(quote.symbol) quote \(quote.sequence): bid \(bid), ask \(ask)"
  }
}
