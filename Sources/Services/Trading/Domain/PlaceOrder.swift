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
      && order.side == side && order.type == type && order.quantity.value == quantity
      && order.limitPrice?.value == limitPrice
  }

  /// Checks what can be known of the request without the account; every wrong field is reported.
  public func validate(among instruments: [Symbol: Instrument]) throws(PlaceOrderRejection) {
    _ = try terms(among: instruments)
  }

  /// Decides whether the order is accepted for processing.
  ///
  /// - Parameters:
  ///   - account: The owner's account.
  ///   - instruments: What can be traded.
  ///   - quote: The symbol's latest quote, however old; a MARKET order is valued by it.
  ///   - id: The new order's name.
  /// - Returns: The order in PENDING_NEW, and the account with what the order reserves.
  public func decide(
    for account: Account, among instruments: [Symbol: Instrument], quote: Quote?, id: OrderID,
    at now: Instant
  ) throws(PlaceOrderRejection) -> Change {
    let terms = try terms(among: instruments)
    guard let reservedPrice = terms.limitPrice ?? quote?.price(for: terms.side) else {
      throw .noQuote(terms.symbol)
    }
    do {
      try RiskCheck.check(
        terms.quantity, of: terms.symbol, terms.side, at: reservedPrice, for: account)
    } catch {
      throw .risk(error)
    }
    let new = Order(
      id: id, accountID: account.id, clientOrderID: terms.clientOrderID, symbol: terms.symbol,
      side: terms.side, quantity: terms.quantity, limitPrice: terms.limitPrice,
      reservedPrice: reservedPrice, at: now)
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
  private struct Terms {
    var clientOrderID: ClientOrderID
    var symbol: Symbol
    var side: OrderSide
    var quantity: Quantity
    var limitPrice: Price?
  }

  /// Checks every field and reports all that are wrong, in the order of the request's fields.
  private func terms(
    among instruments: [Symbol: Instrument]
  ) throws(PlaceOrderRejection) -> Terms {
    var violations: [PlaceOrderViolation] = []
    let clientOrderID = ClientOrderID(clientOrderID)
    if clientOrderID == nil { violations.append(.clientOrderIDMalformed(self.clientOrderID)) }
    let instrument = instruments[Symbol(rawValue: symbol)]
    if instrument == nil { violations.append(.symbolUnknown(symbol)) }
    if side == nil { violations.append(.sideMissing) }
    if type == nil { violations.append(.typeMissing) }
    let quantity = checkedQuantity(instrument, &violations)
    let limitPrice = checkedLimitPrice(instrument, &violations)
    guard violations.isEmpty, let clientOrderID, let instrument, let side, let quantity else {
      throw .invalid(violations)
    }
    return Terms(
      clientOrderID: clientOrderID, symbol: instrument.symbol, side: side, quantity: quantity,
      limitPrice: limitPrice)
  }

  private func checkedQuantity(
    _ instrument: Instrument?, _ violations: inout [PlaceOrderViolation]
  ) -> Quantity? {
    guard let value = quantity else {
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

  private func checkedLimitPrice(
    _ instrument: Instrument?, _ violations: inout [PlaceOrderViolation]
  ) -> Price? {
    guard let value = limitPrice else {
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
}
