import Core
import QuoteFeed
import Synchronization
import TradingDomain

/// What this replica knows of the market: the instruments, and each one's latest quote.
final class Market: Sendable {
  private struct State {
    var instruments: [Symbol: Instrument] = [:]
    var quotes: [Symbol: Quote] = [:]
    /// The symbols whose quotes are up to date: their stream is open and has brought one.
    var current: Set<Symbol> = []
  }

  private let state = Mutex(State())

  /// What can be traded; empty until the market data service has been reached once.
  var instruments: [Symbol: Instrument] { state.withLock(\.instruments) }

  /// The latest quote, however old.
  func latestQuote(of symbol: Symbol) -> Quote? { state.withLock { $0.quotes[symbol] } }

  /// The latest quotes of some symbols, however old.
  func latestQuotes(of symbols: some Sequence<Symbol>) -> [Symbol: Quote] {
    state.withLock { state in
      var quotes: [Symbol: Quote] = [:]
      for symbol in symbols { quotes[symbol] = state.quotes[symbol] }
      return quotes
    }
  }

  /// The latest quote while its stream is open; nil when it may be out of date.
  func currentQuote(of symbol: Symbol) -> Quote? {
    state.withLock { $0.current.contains(symbol) ? $0.quotes[symbol] : nil }
  }

  /// All quotes that are up to date.
  var currentQuotes: [Quote] {
    state.withLock { state in state.current.compactMap { state.quotes[$0] } }
  }

  /// Takes what market data tells.
  ///
  /// - Parameter onQuote: told of each quote after the market has it.
  func take(_ news: QuoteFeed<Instrument, Quote>.News, onQuote: (Quote) -> Void) {
    switch news {
    case .instruments(let instruments): replace(instruments)
    case .quote(let quote):
      take(quote)
      onQuote(quote)
    case .closed(let symbols): close(symbols.map { Symbol(rawValue: $0) })
    }
  }

  /// Replaces the instruments.
  private func replace(_ instruments: [Instrument]) {
    let bySymbol = Dictionary(instruments.map { ($0.symbol, $0) }, uniquingKeysWith: { $1 })
    state.withLock { $0.instruments = bySymbol }
  }

  /// Takes a quote from an open stream; an older one than the latest changes nothing.
  private func take(_ quote: Quote) {
    state.withLock { state in
      if let latest = state.quotes[quote.symbol], latest.sequence > quote.sequence { return }
      state.quotes[quote.symbol] = quote
      state.current.insert(quote.symbol)
    }
  }

  /// Notes that a stream has ended: the quotes it brought may be out of date from now on.
  private func close(_ symbols: [Symbol]) {
    state.withLock { $0.current.subtract(symbols) }
  }
}
