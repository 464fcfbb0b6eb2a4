public import Core

/// An order as the exchange has it.
///
/// It keeps the exact sum of what it traded instead of an average, so no execution loses a digit.
public struct ExchangeOrder: Hashable, Sendable {
  /// The exchange's name for it.
  public let id: OrderID
  /// Whose it is.
  public let account: AccountName
  /// Its sender's name for it.
  public let clientOrderID: ClientOrderID
  /// What it is to trade.
  public let terms: OrderTerms
  /// When it was taken.
  public let createdAt: Instant

  /// Where it stands.
  public private(set) var state: OrderState
  /// How much has been traded.
  public private(set) var filledQuantity: Decimal
  /// The sum of price times quantity over its executions, exact.
  public private(set) var filledNotional: Decimal
  /// Why it was not taken; nil unless it was not.
  public let rejectReason: RejectReason?
  /// When it last changed.
  public private(set) var updatedAt: Instant

  /// An order as it was read back from storage.
  public init(
    id: OrderID, account: AccountName, clientOrderID: ClientOrderID, terms: OrderTerms,
    createdAt: Instant, state: OrderState, filledQuantity: Decimal, filledNotional: Decimal,
    rejectReason: RejectReason?, updatedAt: Instant
  ) {
    self.id = id
    self.account = account
    self.clientOrderID = clientOrderID
    self.terms = terms
    self.createdAt = createdAt
    self.state = state
    self.filledQuantity = filledQuantity
    self.filledNotional = filledNotional
    self.rejectReason = rejectReason
    self.updatedAt = updatedAt
  }

  /// A new order: it works, unless there is a reason why not.
  init(
    id: OrderID, account: AccountName, clientOrderID: ClientOrderID, terms: OrderTerms,
    rejectReason: RejectReason?, at now: Instant
  ) {
    self.init(
      id: id, account: account, clientOrderID: clientOrderID, terms: terms, createdAt: now,
      state: rejectReason == nil ? .open : .rejected, filledQuantity: .zero,
      filledNotional: .zero, rejectReason: rejectReason, updatedAt: now)
  }

  /// How much is still to be traded; zero when the order is over.
  public var leaves: Decimal {
    state.isFinal ? .zero : terms.quantity.value - filledQuantity
  }

  /// Takes an execution.
  ///
  /// - Throws: ``ExecutionRejection``; the order is then as it was.
  mutating func trade(
    _ quantity: Quantity, at price: Price, at now: Instant
  ) throws(ExecutionRejection) {
    guard !state.isFinal else { throw .over(state) }
    guard quantity.value <= leaves else { throw .exceedsLeaves(quantity, leaves: leaves) }
    guard terms.accepts(price) else { throw .worseThanLimit(price, limit: terms.limitPrice) }
    do throws(DecimalError) {
      filledNotional = try filledNotional.adding(try price.notional(of: quantity))
    } catch {
      throw .arithmetic(error)
    }
    filledQuantity = filledQuantity + quantity.value
    state = filledQuantity == terms.quantity.value ? .filled : .partiallyFilled
    updatedAt = now
  }

  /// Ends the order.
  ///
  /// - Precondition: It works.
  mutating func end(as final: OrderState, at now: Instant) {
    precondition(
      !state.isFinal && (final == .canceled || final == .expired),
      "an order in \(state.rawValue) does not become \(final.rawValue)")
    state = final
    updatedAt = now
  }
}

/// Why an order was not taken.
public enum RejectReason: String, Hashable, Sendable, CaseIterable {
  /// There is no such instrument.
  case unknownSymbol = "UNKNOWN_SYMBOL"
  /// A number does not lie on the instrument's grid, or is too large for it.
  case offGrid = "OFF_GRID"
}

/// Why an order does not take an execution.
public enum ExecutionRejection: Error, Hashable, Sendable {
  /// The order is over.
  case over(OrderState)
  /// More than is left to trade.
  case exceedsLeaves(Quantity, leaves: Decimal)
  /// A price that the sender does not accept.
  case worseThanLimit(Price, limit: Price)
  /// A sum leaves the range of a `Decimal`.
  case arithmetic(DecimalError)
}

extension ExecutionRejection: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .over(let state): "an order in \(state.rawValue) cannot trade"
    case .exceedsLeaves(let quantity, let leaves):
      "an execution of \(quantity) exceeds the \(leaves) left"
    case .worseThanLimit(let price, let limit):
      "an execution at \(price) is worse than the limit price \(limit)"
    case .arithmetic(let error): error.description
    }
  }
}
