import Core
import ExchangeDomain

/// What this replica remembers of the orders that work: enough to tell whether a quote or the time
/// concerns any of them without asking the database.
///
/// Storage decides; what is remembered wrongly is found at the next round of its symbol, or when all
/// is read again.
struct WorkingOrders: Sendable {
  private struct Orders {
    var terms: [OrderID: OrderTerms] = [:]
    /// The best prices, for a quote is compared with them alone.
    var highestBuy: Price?
    var lowestSell: Price?
    /// When the time of the first of them is over.
    var firstEnd: Instant?

    mutating func insert(_ id: OrderID, _ new: OrderTerms) {
      terms[id] = new
      include(new)
    }

    mutating func remove(_ id: OrderID) {
      guard terms.removeValue(forKey: id) != nil else { return }
      (highestBuy, lowestSell, firstEnd) = (nil, nil, nil)
      for terms in terms.values { include(terms) }
    }

    private mutating func include(_ terms: OrderTerms) {
      switch terms.side {
      case .buy: highestBuy = max(highestBuy ?? terms.limitPrice, terms.limitPrice)
      case .sell: lowestSell = min(lowestSell ?? terms.limitPrice, terms.limitPrice)
      }
      if let end = terms.expiresAt { firstEnd = min(firstEnd ?? end, end) }
    }

    func mayTrade(at quote: Quote) -> Bool {
      (highestBuy.map { quote.askSize.isPositive && $0 >= quote.askPrice } ?? false)
        || (lowestSell.map { quote.bidSize.isPositive && $0 <= quote.bidPrice } ?? false)
    }
  }

  private var symbols: [Symbol: Orders] = [:]

  /// Nothing works.
  init() {}

  /// Every symbol of which an order works.
  var allSymbols: [Symbol] { Array(symbols.keys) }

  /// The names of all of them, or of a symbol's.
  func ids(of symbol: Symbol? = nil) -> Set<OrderID> {
    if let symbol { return Set(symbols[symbol]?.terms.keys.map(\.self) ?? []) }
    return Set(symbols.values.flatMap(\.terms.keys))
  }

  /// Whether an order may trade at a quote.
  func mayTrade(at quote: Quote) -> Bool { symbols[quote.symbol]?.mayTrade(at: quote) ?? false }

  /// The orders of a symbol that a quote, or the time, concerns.
  func due(of symbol: Symbol, at quote: Quote?, now: Instant) -> Set<OrderID> {
    let terms = symbols[symbol]?.terms.filter { _, terms in
      terms.isOver(at: now) || (quote.map { terms.accepts($0.price(for: terms.side)) } ?? false)
    }
    return Set(terms?.keys.map(\.self) ?? [])
  }

  /// The symbols that have an order whose time is over.
  func symbolsOver(at now: Instant) -> [Symbol] {
    symbols.compactMap { symbol, orders in
      orders.firstEnd.map { $0 <= now } ?? false ? symbol : nil
    }
  }

  /// When the time of the first order is over; nil when all work for ever.
  var firstEnd: Instant? { symbols.values.compactMap(\.firstEnd).min() }

  /// Takes an order as it stands.
  mutating func note(_ order: ExchangeOrder) {
    guard !order.state.isFinal else { return remove(order.id, of: order.terms.symbol) }
    symbols[order.terms.symbol, default: Orders()].insert(order.id, order.terms)
  }

  /// Forgets an order.
  mutating func remove(_ id: OrderID, of symbol: Symbol) {
    symbols[symbol]?.remove(id)
    if symbols[symbol]?.terms.isEmpty == true { symbols[symbol] = nil }
  }

  /// Takes what was read, and forgets those that were known before it was and are not part of it.
  mutating func replace(_ known: Set<OrderID>, of symbol: Symbol? = nil, with read: [ExchangeOrder])
  {
    let gone = known.subtracting(read.map(\.id))
    if !gone.isEmpty {
      for symbol in symbol.map({ [$0] }) ?? allSymbols {
        for id in gone { remove(id, of: symbol) }
      }
    }
    for order in read { note(order) }
  }
}
