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
  /// What its prices are stated in.
  public let quoteAsset: Asset
  /// Which way.
  public let side: OrderSide
  /// The terms it was placed on, by which a repetition of the request is recognised.
  public let placedTerms: OrderTerms
  /// The broker's connection that executes it; nil at the paper venue.
  public let connectionID: ConnectionID?
  /// What the venue charges for it.
  public let fees: FeeSchedule
  /// The worst price at which a MARKET order trades; nil for a LIMIT order.
  public let protectionPrice: Price?
  /// When it ends if it has not been traded in full; nil when never.
  public let expiresAt: Instant?
  /// When it was accepted for processing.
  public let createdAt: Instant

  /// When it was given over to the broker; nil before.
  ///
  /// From then on it may be at an exchange, whatever is heard of it: only the broker ends it.
  public internal(set) var routedAt: Instant?
  /// The terms it works on.
  public internal(set) var terms: OrderTerms
  /// What a unit still to be traded counts for in the account's open notional.
  ///
  /// The limit price, or for a MARKET order the price of the quote it was checked against. It
  /// changes with the limit price only, so what was reserved is released to the last digit.
  public internal(set) var reservedPrice: Price
  /// The terms that wait for their funds; nil unless the state is `pendingReplace`.
  public internal(set) var amendment: OrderTerms?
  /// Where it stands.
  public internal(set) var state: OrderState
  /// How much has been traded.
  public internal(set) var filledQuantity: Decimal
  /// The sum of price times quantity over its fills, exact.
  public internal(set) var filledNotional: Decimal
  /// What the venue has charged for its fills.
  public internal(set) var feesCharged: Decimal
  /// What its account must have given or set aside for it, all in all: see ``giveAsset``.
  ///
  /// While it works, what its fills cost and the most that the rest may still cost; when it is over,
  /// what its fills cost. A seller gives units, and fees come out of the proceeds.
  public internal(set) var reservationTotal: Decimal
  /// Why it was refused; nil unless it was.
  public internal(set) var rejectReason: OrderRejectReason?
  /// What the exchange said of it, in its own words; nil unless the broker's exchange refused it.
  public internal(set) var rejectDetail: String?
  /// What its account lacked; nil unless it, or the latest amendment of it, was refused for that.
  public internal(set) var shortage: FundsShortage?
  /// Counts its changes from 1; zero before it is stored.
  public internal(set) var version: Int64
  /// When it last changed.
  public internal(set) var updatedAt: Instant

  /// An order as it was read back from storage.
  public init(
    id: OrderID, accountID: AccountID, clientOrderID: ClientOrderID, symbol: Symbol,
    quoteAsset: Asset, side: OrderSide, placedTerms: OrderTerms,
    connectionID: ConnectionID?, fees: FeeSchedule, protectionPrice: Price?, expiresAt: Instant?,
    createdAt: Instant, routedAt: Instant?, terms: OrderTerms, reservedPrice: Price,
    amendment: OrderTerms?, state: OrderState, filledQuantity: Decimal,
    filledNotional: Decimal, feesCharged: Decimal, reservationTotal: Decimal,
    rejectReason: OrderRejectReason?, rejectDetail: String?, shortage: FundsShortage?,
    version: Int64, updatedAt: Instant
  ) {
    self.id = id
    self.accountID = accountID
    self.clientOrderID = clientOrderID
    self.symbol = symbol
    self.quoteAsset = quoteAsset
    self.side = side
    self.placedTerms = placedTerms
    self.connectionID = connectionID
    self.fees = fees
    self.protectionPrice = protectionPrice
    self.expiresAt = expiresAt
    self.createdAt = createdAt
    self.routedAt = routedAt
    self.terms = terms
    self.reservedPrice = reservedPrice
    self.amendment = amendment
    self.state = state
    self.filledQuantity = filledQuantity
    self.filledNotional = filledNotional
    self.feesCharged = feesCharged
    self.reservationTotal = reservationTotal
    self.rejectReason = rejectReason
    self.rejectDetail = rejectDetail
    self.shortage = shortage
    self.version = version
    self.updatedAt = updatedAt
  }

  /// A new order, not yet stored.
  ///
  /// - Throws: When what it may cost is out of range.
  init(
    id: OrderID, accountID: AccountID, clientOrderID: ClientOrderID, instrument: Instrument,
    side: OrderSide, terms: OrderTerms, reservedPrice: Price, venue: VenueTerms,
    connection: ConnectionID?, at now: Instant
  ) throws(DecimalError) {
    let isMarket = terms.limitPrice == nil
    self.init(
      id: id, accountID: accountID, clientOrderID: clientOrderID, symbol: instrument.symbol,
      quoteAsset: instrument.quoteAsset, side: side, placedTerms: terms,
      connectionID: connection, fees: venue.fees,
      protectionPrice: isMarket
        ? try venue.protectionPrice(reservedPrice, side, tick: instrument.priceIncrement) : nil,
      expiresAt: isMarket ? now + venue.marketLifetime : nil, createdAt: now, routedAt: nil,
      terms: terms, reservedPrice: reservedPrice, amendment: nil, state: .new,
      filledQuantity: .zero,
      filledNotional: .zero, feesCharged: .zero, reservationTotal: .zero, rejectReason: nil,
      rejectDetail: nil, shortage: nil, version: 0, updatedAt: now)
    reservationTotal = try mostGiven(on: terms)
  }

  /// How much is to be traded.
  public var quantity: Quantity { terms.quantity }

  /// The worst price accepted; nil for a MARKET order.
  public var limitPrice: Price? { terms.limitPrice }

  /// How its price is found.
  public var type: OrderType { limitPrice == nil ? .market : .limit }

  /// How much is still to be traded if the order works on.
  public var leavesQuantity: Decimal { quantity.value - filledQuantity }

  /// Whether it is stored, and not over.
  public var isWorking: Bool { state != .new && !state.isFinal }

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
    guard next.isFinal else { return }
    amendment = nil
    reservationTotal = given
  }

  /// The most that is kept of what an exchange says, in characters as the database counts them: Unicode scalars.
  static let rejectDetailLimit = 256

  mutating func reject(
    _ reason: OrderRejectReason, detail: String? = nil, shortage: FundsShortage? = nil,
    at now: Instant
  ) throws(IllegalTransition) {
    try apply(.reject, at: now)
    rejectReason = reason
    rejectDetail = detail.flatMap { words in
      words.isEmpty ? nil : words.firstScalars(Self.rejectDetailLimit)
    }
    self.shortage = shortage
  }

  /// Adds a fill and answers its fee, or throws and stays as it is.
  mutating func fill(
    _ quantity: Quantity, at price: Price, at now: Instant
  ) throws(FillRejection) -> Decimal {
    guard quantity.value <= leavesQuantity else {
      throw .exceedsLeaves(quantity.value, leaves: leavesQuantity)
    }
    guard accepts(price) else { throw .worseThanLimit(price, limit: worstPrice) }
    var after = self
    let fee: Decimal
    do throws(IllegalTransition) {
      try after.apply(quantity.value == leavesQuantity ? .fill : .fillPartially, at: now)
    } catch {
      throw .illegal(error)
    }
    do throws(DecimalError) {
      let notional = try price.notional(of: quantity)
      after.filledQuantity = try filledQuantity.adding(quantity.value)
      after.filledNotional = try filledNotional.adding(notional)
      fee = try fees.fee(ofFill: notional, total: after.filledNotional, charged: feesCharged)
      after.feesCharged = try feesCharged.adding(fee)
      after.reservationTotal =
        after.state.isFinal ? after.given : try after.mostGiven(on: terms)
    } catch {
      throw .arithmetic(error)
    }
    self = after
    return fee
  }

  /// The worst price at which it trades; nil when any will do.
  public var worstPrice: Price? { limitPrice ?? protectionPrice }

  /// Whether the owner accepts to trade at `price`.
  public func accepts(_ price: Price) -> Bool {
    guard let worstPrice else { return true }
    return switch side {
    case .buy: price <= worstPrice
    case .sell: price >= worstPrice
    }
  }
}

/// Why an order that was stored was refused after all.
public enum OrderRejectReason: String, Hashable, Sendable, CaseIterable {
  /// A MARKET order, and the venue has no current quote to trade at.
  case noMarket = "NO_MARKET"
  /// Its account has too little to give.
  case insufficientFunds = "INSUFFICIENT_FUNDS"
  /// The broker's exchange did not take it.
  case brokerRejected = "BROKER_REJECTED"
}
