public import Core

/// A request to change an order's terms, as it came from outside.
public struct AmendOrder: Hashable, Sendable {
  /// How much is to be traded in all, what is traded already included; nil leaves it.
  public var quantity: Decimal?
  /// The worst price accepted; nil leaves it.
  public var limitPrice: Decimal?
  /// The version of the order that the owner has seen; nil changes whichever there is.
  public var version: Int64?

  /// Takes the fields as they came.
  public init(quantity: Decimal?, limitPrice: Decimal?, version: Int64?) {
    self.quantity = quantity
    self.limitPrice = limitPrice
    self.version = version
  }

  /// What a request to amend comes to.
  public enum Decision: Hashable, Sendable {
    /// The order is as is asked: nothing changes.
    case unchanged
    /// The same amendment is under way: its funds are to be reserved.
    case underWay
    /// The terms change at once: they need no more funds than the old ones.
    case amended(Change)
    /// The order is held back until the funds for the new terms are reserved.
    case held(Change)
  }

  /// Decides whether an order's terms change.
  ///
  /// A repetition is recognised before anything else: terms that the order has already are no change,
  /// however it stands.
  public func decide(
    _ order: Order, of account: Account, instrument: Instrument, at now: Instant
  ) throws(AmendOrderRejection) -> Decision {
    let terms = try terms(for: order, instrument)
    if terms == order.amendment { return .underWay }
    if order.amendment == nil && terms == order.terms { return .unchanged }
    if order.state.isFinal { throw .final(order.state) }
    if let connection = order.connectionID { throw .atBroker(connection) }
    guard order.state.after(.amend) != nil else { throw .pending(order.state) }
    if let version, version != order.version { throw .changed(order.version, asked: version) }
    guard terms.quantity.value >= order.filledQuantity else {
      throw .belowFilled(terms.quantity.value, filled: order.filledQuantity)
    }
    do throws(RiskRejection) {
      try checkRisk(terms, order, account)
      return try decided(terms, order, account, at: now)
    } catch {
      throw .risk(error)
    }
  }

  private func decided(
    _ terms: OrderTerms, _ order: Order, _ account: Account, at now: Instant
  ) throws(RiskRejection) -> Decision {
    var (after, accountAfter) = (order, account)
    do throws(DecimalError) {
      if try order.mostGiven(on: terms) > order.reservationTotal {
        try after.hold(for: terms, at: now)
        return .held(try accountAfter.changed(after, from: order, nil, price: nil))
      }
      try after.amend(to: terms, at: now)
      return .amended(
        try accountAfter.changed(after, from: order, .modified, price: after.limitPrice))
    } catch {
      throw .outOfRange(account.limits)
    }
  }

  /// What is taken off an account needs nobody's leave: limits that were lowered do not keep an
  /// order from becoming smaller.
  private func checkRisk(
    _ terms: OrderTerms, _ order: Order, _ account: Account
  ) throws(RiskRejection) {
    let price = terms.limitPrice ?? order.reservedPrice
    let leaves = terms.quantity.value - order.filledQuantity
    if leaves <= order.leavesQuantity && price <= order.reservedPrice { return }
    let others: Account
    do throws(DecimalError) { others = try account.without(order) } catch {
      preconditionFailure("releasing what was reserved stays within range: \(error)")
    }
    try RiskCheck.check(
      terms.quantity, leaving: leaves, of: order.symbol, order.side, at: price, for: others)
  }

  /// The terms that are asked for, on the instrument's grid; every wrong field is reported.
  private func terms(
    for order: Order, _ instrument: Instrument
  ) throws(AmendOrderRejection) -> OrderTerms {
    var violations: [PlaceOrderViolation] = []
    if quantity == nil && limitPrice == nil { violations.append(.quantityMissing) }
    let quantity = checkedQuantity(quantity ?? order.quantity.value, instrument, &violations)
    let limit = checkedLimitPrice(
      limitPrice ?? order.limitPrice?.value, order.type, instrument, &violations)
    guard violations.isEmpty, let quantity else { throw .invalid(violations) }
    return OrderTerms(quantity: quantity, limitPrice: limit)
  }
}

extension Order {
  /// Takes other terms at once; they need no more funds than the old ones.
  mutating func amend(to terms: OrderTerms, at now: Instant) throws(DecimalError) {
    // What is traded already may be all that is wanted any more.
    transition(terms.quantity.value == filledQuantity ? .fill : .amend, at: now)
    try take(terms)
    shortage = nil
  }

  /// Waits for the funds of other terms.
  mutating func hold(for terms: OrderTerms, at now: Instant) throws(DecimalError) {
    transition(.hold, at: now)
    amendment = terms
    shortage = nil
  }

  /// Ends an amendment: takes its terms, or stays on the old ones and says what was lacking.
  mutating func endAmendment(
    lacking shortage: FundsShortage?, at now: Instant
  ) throws(DecimalError) {
    let terms = amendment
    transition(filledQuantity.isZero ? .resume : .resumePartiallyFilled, at: now)
    amendment = nil
    self.shortage = shortage
    if shortage == nil, let terms { try take(terms) }
  }

  /// Every caller has looked at the state before.
  private mutating func transition(_ transition: OrderTransition, at now: Instant) {
    do throws(IllegalTransition) { try apply(transition, at: now) } catch {
      preconditionFailure("an amendment follows the table of states: \(error)")
    }
  }

  private mutating func take(_ terms: OrderTerms) throws(DecimalError) {
    reservedPrice = terms.limitPrice ?? reservedPrice
    self.terms = terms
    reservationTotal = state.isFinal ? given : try mostGiven(on: terms)
  }
}
