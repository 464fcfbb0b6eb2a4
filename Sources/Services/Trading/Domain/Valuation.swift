public import Core

extension Quote {
  /// What a unit of a holding could be closed at: a seller gets the bid, a buyer pays the ask.
  ///
  /// A price of the grid, so that a valuation is exact; nil for nothing held.
  public func mark(of quantity: Decimal) -> Price? {
    if quantity.isZero { return nil }
    return quantity.isPositive ? bidPrice : askPrice
  }
}

extension Position {
  /// What closing all of it at `mark` would earn, fees not counted.
  public func unrealizedPnL(at mark: Price) throws(DecimalError) -> Decimal {
    try mark.value.multiplied(by: quantity).subtracting(cost)
  }
}

/// What an account has, valued at one moment.
///
/// Cash and units are those of the ledger, where both sides of a trade move at once, so equity is never
/// told with one side of it; gains are those of the positions, which trades change first.
public struct Portfolio: Hashable, Sendable {
  /// Units of one asset.
  public struct Holding: Hashable, Sendable {
    /// Of what.
    public let asset: Asset
    /// How many.
    public let quantity: Decimal
    /// What they are valued at; nil for an asset without a quote.
    public let quote: Quote?
    /// What they are worth; nil for an asset without a quote.
    public let value: Decimal?
  }

  /// What everything is stated in.
  public let currency: Asset
  /// What there is of it.
  public let cash: Decimal
  /// What there is beside it, by asset.
  public let holdings: [Holding]
  /// What the holdings are worth together.
  public let marketValue: Decimal
  /// What closed quantity has earned, fees not counted.
  public let realizedPnL: Decimal
  /// What closing the positions would earn, fees not counted.
  public let unrealizedPnL: Decimal
  /// What was paid in fees.
  public let fees: Decimal

  /// Cash, and what the holdings are worth.
  public let equity: Decimal

  /// Values what an account has.
  ///
  /// - Parameters:
  ///   - wallets: What the ledger says there is of each asset, with what orders hold of it.
  ///   - positions: The fold of the account's trades, by symbol.
  ///   - quotes: The latest quotes.
  public init(
    in currency: Asset, wallets: [Asset: Decimal], positions: [Symbol: Position],
    quotes: [Symbol: Quote]
  ) throws(DecimalError) {
    self.currency = currency
    cash = wallets[currency] ?? .zero
    var holdings: [Holding] = []
    var (value, realized, unrealized, fees): (Decimal, Decimal, Decimal, Decimal) = (0, 0, 0, 0)
    for (asset, quantity) in wallets.sorted(by: { $0.key < $1.key })
    where asset != currency && !quantity.isZero {
      let quote = quotes[Symbol(rawValue: asset.rawValue)]
      let worth = try quote?.mark(of: quantity).map { mark throws(DecimalError) in
        try mark.value.multiplied(by: quantity)
      }
      if let worth { value = try value.adding(worth) }
      holdings.append(Holding(asset: asset, quantity: quantity, quote: quote, value: worth))
    }
    for (symbol, position) in positions {
      realized = try realized.adding(position.realizedPnL)
      fees = try fees.adding(position.fees)
      if let mark = quotes[symbol]?.mark(of: position.quantity) {
        unrealized = try unrealized.adding(position.unrealizedPnL(at: mark))
      }
    }
    self.holdings = holdings
    marketValue = value
    equity = try cash.adding(value)
    realizedPnL = realized
    unrealizedPnL = unrealized
    self.fees = fees
  }
}
