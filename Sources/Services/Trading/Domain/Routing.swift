/// Which orders are executed elsewhere; each order keeps what was decided when it was placed.
public struct Routing: Hashable, Sendable {
  /// What is traded elsewhere.
  public let symbols: Set<Symbol>
  /// The broker's connection that executes it.
  public let connection: ConnectionID

  /// Takes the symbols and the connection.
  public init(symbols: Set<Symbol>, connection: ConnectionID) {
    self.symbols = symbols
    self.connection = connection
  }

  /// Where orders of a symbol are executed; nil at the paper venue.
  public func connection(of symbol: Symbol) -> ConnectionID? {
    symbols.contains(symbol) ? connection : nil
  }
}
