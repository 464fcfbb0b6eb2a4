public import Core

/// An instruction to buy or sell, and what became of it.
///
/// The order keeps the exact sum of what it traded instead of an average, so no fill loses a digit.
public struct Order: Hashable, Sendable {
  /// Its name.
  public let id: OrderID
  /// Whose it is.
  public let accountID: AccountID
  /// The owner's own name for it.
  public let clientOrderID: ClientOrderID
  /// What is traded.
  public let symbol: Symbol
  /// Which way.
  public let side: OrderSide
  /// How much is to be traded.
  public let quantity: Quantity
  /// The worst price accepted; nil for a MARKET order.
  public let limitPrice: Price?
  /// What a unit still to be traded counts for in the account's open notional.
  ///
  /// The limit price, or for a MARKET order the price of the quote it was checked against. It never
  /// changes, so what was reserved is released to the last digit.
  public let reservedPrice: Price
  /// When it was accepted for processing.
  public let createdAt: Instant

  /// Where it stands.
  public private(set) var state: OrderState
  /// How much has been traded.
  public private(set) var filledQuantity: Decimal
  /// The sum of price times quantity over its fills, exact.
  public private(set) var filledNotional: Decimal
  /// Why it was refused; nil unless it was.
  public private(set) var rejectReason: OrderRejectReason?
  /// Counts its changes from 1; zero before it is stored.
  public private(set) var version: Int64
  /// When it last changed.
  public private(set) var updatedAt: Instant

  /// An order as it was read back from storage.
  public init(
    id: OrderID, accountID: AccountID, clientOrderID: ClientOrderID, symbol: Symbol,
    side: OrderSide, quantity: Quantity, limitPrice: Price?, reservedPrice: Price,
    createdAt: Instant, state: OrderState, filledQuantity: Decimal, filledNotional: Decimal,
    rejectReason: OrderRejectReason?, version: Int64, updatedAt: Instant
  ) {
    self.id = id
    self.accountID = accountID
    self.clientOrderID = clientOrderID
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.limitPrice = limitPrice
    self.reservedPrice = reservedPrice
    self.createdAt = createdAt
    self.state = state
    self.filledQuantity = filledQuantity
    self.filledNotional = filledNotional
    self.rejectReason = rejectReason
    self.version = version
    self.updatedAt = updatedAt
  }

  /// A new order, not yet stored.
  init(
    id: OrderID, accountID: AccountID, clientOrderID: ClientOrderID, symbol: Symbol,
    side: OrderSide, quantity: Quantity, limitPrice: Price?, reservedPrice: Price, at now: Instant
  ) {
    self.init(
      id: id, accountID: accountID, clientOrderID: clientOrderID, symbol: symbol, side: side,
      quantity: quantity, limitPrice: limitPrice, reservedPrice: reservedPrice, createdAt: now,
      state: .new, filledQuantity: .zero, filledNotional: .zero, rejectReason: nil, version: 0,
      updatedAt: now)
  }

  /// How its price is found.
  public var type: OrderType { limitPrice == nil ? .market : .limit }

  /// How much is still to be traded if the order works on.
  public var leavesQuantity: Decimal { quantity.value - filledQuantity }

  /// How much of it counts against the account's limits: what is left while it works, else nothing.
  public var reservedQuantity: Decimal {
    state.isFinal || state == .new ? .zero : leavesQuantity
  }

  /// What was traded divided by how much, rounded half to even at 18 digits; nil before a fill.
  public var averagePrice: Decimal? {
    guard filledQuantity.isPositive else { return nil }
    return try? filledNotional.divided(
      by: filledQuantity, scale: Decimal.fractionDigits, rounding: .toNearestOrEven)
  }

  /// Moves to the state after `transition`, or throws and stays as it is.
  mutating func apply(
    _ transition: OrderTransition, at now: Instant
  ) throws(IllegalTransition) {
    guard let next = state.after(transition) else {
      throw IllegalTransition(state: state, transition: transition)
    }
    state = next
    version += 1
    updatedAt = now
  }

  mutating func reject(
    _ reason: OrderRejectReason, at now: Instant
  ) throws(IllegalTransition) {
    try apply(.reject, at: now)
    rejectReason = reason
  }

  /// Adds a fill, or throws and stays as it is.
  mutating func fill(
    _ quantity: Quantity, at price: Price, at now: Instant
  ) throws(FillRejection) {
    guard quantity.value <= leavesQuantity else {
      throw .exceedsLeaves(quantity.value, leaves: leavesQuantity)
    }
    guard accepts(price) else { throw .worseThanLimit(price, limit: limitPrice) }
    let notional: Decimal
    do throws(DecimalError) {
      notional = try filledNotional.adding(price.notional(of: quantity))
    } catch {
      throw .arithmetic(error)
    }
    do throws(IllegalTransition) {
      try apply(quantity.value == leavesQuantity ? .fill : .fillPartially, at: now)
    } catch {
      throw .illegal(error)
    }
    filledQuantity = filledQuantity + quantity.value
    filledNotional = notional
  }

  /// Whether the owner accepts to trade at `price`.
  public func accepts(_ price: Price) -> Bool {
    guard let limitPrice else { return true }
    return switch side {
    case .buy: price <= limitPrice
    case .sell: price >= limitPrice
    }
  }
}

/// Why an order that was stored was refused after all.
public enum OrderRejectReason: String, Hashable, Sendable, CaseIterable {
  /// A MARKET order, and the venue has no current quote to trade at.
  case noMarket = "NO_MARKET"
}
