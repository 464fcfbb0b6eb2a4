public import Core

/// A request to place an order, as it came from outside: nothing about it is known to be valid.
public struct PlaceOrder: Hashable, Sendable {
  /// The owner's own name for the order.
  public var clientOrderID: String
  /// What is to be traded.
  public var symbol: String
  /// Which way; nil when not stated or not known.
  public var side: OrderSide?
  /// How the price is found; nil when not stated or not known.
  public var type: OrderType?
  /// How much; nil when not stated.
  public var quantity: Decimal?
  /// The worst price accepted; nil when not stated.
  public var limitPrice: Decimal?

  /// Takes the fields as they came.
  public init(
    clientOrderID: String, symbol: String, side: OrderSide?, type: OrderType?, quantity: Decimal?,
    limitPrice: Decimal?
  ) {
    self.clientOrderID = clientOrderID
    self.symbol = symbol
    self.side = side
    self.type = type
    self.quantity = quantity
    self.limitPrice = limitPrice
  }

  /// Whether `order` is what this request asks for: a repetition answers the same order, anything
  /// else under the same client order id is a conflict.
  public func isRequest(for order: Order) -> Bool {
    order.clientOrderID.rawValue == clientOrderID && order.symbol.rawValue == symbol
      && order.side == side && order.type == type
      && order.placedTerms.quantity.value == quantity
      && order.placedTerms.limitPrice?.value == limitPrice
  }

  /// Checks what can be known of the request without the account; every wrong field is reported.
  public func validate(among instruments: [Symbol: Instrument]) throws(PlaceOrderRejection) {
    _ = try checked(among: instruments)
  }

  /// Decides whether the order is accepted for processing.
  ///
  /// - Parameters:
  ///   - account: The owner's account.
  ///   - instruments: What can be traded.
  ///   - quote: The symbol's latest quote, however old; a MARKET order is valued by it.
  ///   - venue: The terms on which the venue takes orders.
  ///   - routing: What is executed elsewhere; nil when nothing is.
  ///   - id: The new order's name.
  /// - Returns: The order in PENDING_NEW, and the account with what the order reserves.
  public func decide(
    for account: Account, among instruments: [Symbol: Instrument], quote: Quote?,
    venue: VenueTerms, routing: Routing? = nil, id: OrderID, at now: Instant
  ) throws(PlaceOrderRejection) -> Change {
    let request = try checked(among: instruments)
    let (symbol, terms) = (request.instrument.symbol, request.terms)
    guard let reservedPrice = terms.limitPrice ?? quote?.price(for: request.side) else {
      throw .noQuote(symbol)
    }
    do throws(RiskRejection) {
      try RiskCheck.check(
        terms.quantity, of: symbol, request.side, at: reservedPrice, for: account)
    } catch {
      throw .risk(error)
    }
    let new: Order
    do throws(DecimalError) {
      new = try Order(
        id: id, accountID: account.id, clientOrderID: request.clientOrderID,
        instrument: request.instrument, side: request.side, terms: terms,
        reservedPrice: reservedPrice, venue: venue, connection: routing?.connection(of: symbol),
        at: now)
    } catch {
      throw .risk(.outOfRange(account.limits))
    }
    var (order, after) = (new, account)
    do throws(IllegalTransition) { try order.apply(.submit, at: now) } catch {
      preconditionFailure("a new order can be submitted: \(error)")
    }
    do throws(DecimalError) { try after.record(order, from: new, event: nil) } catch {
      preconditionFailure("what the risk check admits is within range: \(error)")
    }
    return Change(account: after, order: order, event: nil, trade: nil)
  }

  /// What the request asks for, once it is known to make sense.
  private struct Checked {
    var clientOrderID: ClientOrderID
    var instrument: Instrument
    var side: OrderSide
    var terms: OrderTerms
  }

  /// Checks every field and reports all that are wrong, in the order of the request's fields.
  private func checked(
    among instruments: [Symbol: Instrument]
  ) throws(PlaceOrderRejection) -> Checked {
    var violations: [PlaceOrderViolation] = []
    let clientOrderID = ClientOrderID(clientOrderID)
    if clientOrderID == nil { violations.append(.clientOrderIDMalformed(self.clientOrderID)) }
    let instrument = instruments[Symbol(rawValue: symbol)]
    if instrument == nil { violations.append(.symbolUnknown(symbol)) }
    if side == nil { violations.append(.sideMissing) }
    if type == nil { violations.append(.typeMissing) }
    let quantity = checkedQuantity(quantity, instrument, &violations)
    let limitPrice = checkedLimitPrice(limitPrice, type, instrument, &violations)
    guard violations.isEmpty, let clientOrderID, let instrument, let side, let quantity else {
      throw .invalid(violations)
    }
    return Checked(
      clientOrderID: clientOrderID, instrument: instrument, side: side,
      terms: OrderTerms(quantity: quantity, limitPrice: limitPrice))
  }
}

/// Reads a quantity; notes what is wrong with it.
func checkedQuantity(
  _ value: Decimal?, _ instrument: Instrument?, _ violations: inout [PlaceOrderViolation]
) -> Quantity? {
  guard let value else {
    violations.append(.quantityMissing)
    return nil
  }
  do throws(QuantityError) {
    guard let instrument else { return try Quantity(value) }
    return try Quantity(value, lot: instrument.lotSize)
  } catch {
    switch error {
    case .notPositive(let value): violations.append(.quantityNotPositive(value))
    case .notMultipleOfLot(let value, let lot):
      violations.append(.quantityNotMultipleOfLot(value, lotSize: lot))
    }
    return nil
  }
}

/// Reads a limit price, which goes with the type of order; notes what is wrong with it.
func checkedLimitPrice(
  _ value: Decimal?, _ type: OrderType?, _ instrument: Instrument?,
  _ violations: inout [PlaceOrderViolation]
) -> Price? {
  guard let value else {
    if type == .limit { violations.append(.limitPriceMissing) }
    return nil
  }
  guard type != .market else {
    violations.append(.limitPriceNotAllowed(value))
    return nil
  }
  do throws(PriceError) {
    guard let instrument else { return try Price(value) }
    return try Price(value, tick: instrument.priceIncrement)
  } catch {
    switch error {
    case .notPositive(let value): violations.append(.limitPriceNotPositive(value))
    case .notMultipleOfTick(let value, let tick):
      violations.append(.limitPriceOffIncrement(value, priceIncrement: tick))
    }
    return nil
  }
}
