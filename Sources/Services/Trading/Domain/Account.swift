public import Core

/// Everything about an account that a decision on one of its orders depends on.
///
/// The account is the unit of consistency: each transaction that changes one of its orders raises
/// its `version` by one and is committed only if nobody else has raised it since it was read. So a
/// decision made from these values alone is as good as one made under a lock.
public struct Account: Hashable, Sendable {
  /// Its name.
  public let id: AccountID
  /// Counts its changes.
  public private(set) var version: Int64
  /// The sequence of its last order event; the first one has 1.
  public private(set) var orderEventSequence: Int64
  /// The sequence of its last trade; the first one has 1.
  public private(set) var tradeSequence: Int64
  /// What it may have at risk.
  public let limits: RiskLimits
  /// What its working orders are worth at their reserved prices.
  public private(set) var openNotional: Decimal
  /// How many orders work.
  public private(set) var workingOrders: Int64
  /// What it holds and has working, by symbol; a missing one is `Holding.none`.
  public private(set) var holdings: [Symbol: Holding]

  /// What an account holds of one symbol, and what its working orders may add.
  public struct Holding: Hashable, Sendable {
    /// The fold of its fills.
    public var position: Position
    /// How much its working orders may still buy.
    public var openBuyQuantity: Decimal
    /// How much its working orders may still sell.
    public var openSellQuantity: Decimal

    /// Nothing held, nothing working.
    public static let none = Holding(
      position: .none, openBuyQuantity: .zero, openSellQuantity: .zero)

    /// How much its working orders may still trade on one side.
    func openQuantity(_ side: OrderSide) -> Decimal {
      switch side {
      case .buy: openBuyQuantity
      case .sell: openSellQuantity
      }
    }

    /// Takes the three parts.
    public init(position: Position, openBuyQuantity: Decimal, openSellQuantity: Decimal) {
      self.position = position
      self.openBuyQuantity = openBuyQuantity
      self.openSellQuantity = openSellQuantity
    }
  }

  /// An account as it was read back from storage.
  public init(
    id: AccountID, version: Int64, orderEventSequence: Int64, tradeSequence: Int64,
    limits: RiskLimits, openNotional: Decimal, workingOrders: Int64, holdings: [Symbol: Holding]
  ) {
    self.id = id
    self.version = version
    self.orderEventSequence = orderEventSequence
    self.tradeSequence = tradeSequence
    self.limits = limits
    self.openNotional = openNotional
    self.workingOrders = workingOrders
    self.holdings = holdings
  }

  /// A new account: nothing held, nothing working, no events yet.
  public init(id: AccountID, limits: RiskLimits) {
    self.init(
      id: id, version: 0, orderEventSequence: 0, tradeSequence: 0, limits: limits,
      openNotional: .zero, workingOrders: 0, holdings: [:])
  }

  /// What it holds of `symbol`.
  public func holding(of symbol: Symbol) -> Holding { holdings[symbol, default: .none] }

  /// How far a position could go towards `side` if every working order on that side filled:
  /// positive long for `buy`, positive short for `sell`, negative when it stays on the other side.
  func worstPosition(of symbol: Symbol, _ side: OrderSide) -> Decimal {
    let holding = holding(of: symbol)
    return switch side {
    case .buy: holding.position.quantity + holding.openBuyQuantity
    case .sell: holding.openSellQuantity - holding.position.quantity
    }
  }

  /// Notes that an order changed from `before` to `after`: moves what it reserves, and counts the
  /// change and its event.
  mutating func record(
    _ after: Order, from before: Order, event: OrderEventType?
  ) throws(DecimalError) {
    try moveReserved(from: before, to: after)
    version += 1
    if event != nil { orderEventSequence += 1 }
  }

  /// The account as it stands without an order's share of it.
  func without(_ order: Order) throws(DecimalError) -> Account {
    var account = self
    try account.moveReserved(from: order, to: nil)
    return account
  }

  private mutating func moveReserved(
    from before: Order, to after: Order?
  ) throws(DecimalError) {
    let quantity = try (after?.reservedQuantity ?? .zero).subtracting(before.reservedQuantity)
    let notional = try (after?.reservedNotional() ?? .zero).subtracting(before.reservedNotional())
    var holding = holding(of: before.symbol)
    switch before.side {
    case .buy: holding.openBuyQuantity = try holding.openBuyQuantity.adding(quantity)
    case .sell: holding.openSellQuantity = try holding.openSellQuantity.adding(quantity)
    }
    openNotional = try openNotional.adding(notional)
    holdings[before.symbol] = holding
    workingOrders += (after?.isWorking == true ? 1 : 0) - (before.isWorking ? 1 : 0)
  }

  /// Notes a trade and the position it leads to.
  mutating func record(_ position: Position, of symbol: Symbol) {
    holdings[symbol, default: .none].position = position
    tradeSequence += 1
  }
}
