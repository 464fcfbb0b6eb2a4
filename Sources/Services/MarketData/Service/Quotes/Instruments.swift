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

  /// The instruments behind a symbol; all of them without one.
  func after(_ symbol: Symbol?) -> ArraySlice<Instrument> {
    symbol.map { last in all.drop { $0.symbol <= last } } ?? all[...]
  }
}
