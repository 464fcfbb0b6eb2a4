import MarketDataDomain

/// Everything that can be traded, by symbol.
struct Instruments: Sendable {
  /// All of them, in order of their symbols.
  let all: [Instrument]
  private let known: Set<Symbol>

  /// Takes instruments in order of their symbols.
  init(_ instruments: [Instrument]) {
    all = instruments
    known = Set(instruments.map(\.symbol))
  }

  /// The symbols, in order.
  var symbols: [Symbol] { all.map(\.symbol) }

  /// Whether a symbol can be traded.
  func contains(_ symbol: Symbol) -> Bool { known.contains(symbol) }

  /// At most `limit` instruments behind a symbol, and whether there are more.
  func page(after symbol: Symbol?, limit: Int) -> (instruments: ArraySlice<Instrument>, more: Bool)
  {
    let rest = symbol.map { last in all.drop { $0.symbol <= last } } ?? all[...]
    return (rest.prefix(limit), rest.count > limit)
  }
}
