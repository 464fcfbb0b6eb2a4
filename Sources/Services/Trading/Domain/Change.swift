public import Core

/// What a decision came to: everything that one transaction writes, or nothing of it.
public struct Change: Hashable, Sendable {
  /// The account after the change; its version is one more than the one the decision was made from.
  public let account: Account
  /// The order after the change.
  public let order: Order
  /// What is told to others; nil while the order is only stored.
  public let event: OrderEvent?
  /// The execution, where there was one.
  public let trade: Trade?
  /// Whether the order's terms are others than before, or an amendment of them has come or gone.
  public internal(set) var changesTerms = false
  /// Whether the order is given over to the broker by it.
  public internal(set) var routes = false
}

/// What happened to an order, as others are told.
public struct OrderEvent: Hashable, Sendable {
  /// What happened.
  public let type: OrderEventType
  /// The limit price, or for a fill its price; nil for a MARKET order before its fill.
  public let price: Price?
  /// Counts the account's order events from 1 without a gap.
  public let sequence: Int64
}

/// What can happen to an order, as others are told.
public enum OrderEventType: String, Hashable, Sendable, CaseIterable {
  /// It works in the market.
  case created = "CREATED"
  /// Its terms were changed by its owner.
  case modified = "MODIFIED"
  /// It was withdrawn.
  case cancelled = "CANCELLED"
  /// The last part of it was traded.
  case filled = "FILLED"
  /// A part of it was traded.
  case partiallyFilled = "PARTIALLY_FILLED"
  /// It was refused.
  case rejected = "REJECTED"
  /// It ended by time.
  case expired = "EXPIRED"
  /// An amendment of it was refused for want of funds.
  case amendmentRejected = "AMENDMENT_REJECTED"
}

/// One execution of an order.
public struct Trade: Hashable, Sendable {
  /// Its name.
  public let id: TradeID
  /// The venue's own name for it, unique over all venues.
  public let venueTradeID: String
  /// The order.
  public let orderID: OrderID
  /// Whose it is.
  public let accountID: AccountID
  /// What was traded.
  public let symbol: Symbol
  /// Which way.
  public let side: OrderSide
  /// How much.
  public let quantity: Quantity
  /// At what price.
  public let price: Price
  /// What the venue charged.
  public let fee: Decimal
  /// The quote whose bid or ask is the price; 0 where a broker's exchange executed it.
  public let quoteSequence: Int64
  /// When.
  public let executedAt: Instant
  /// Counts the account's trades from 1 without a gap.
  public let sequence: Int64

  /// A trade as it was read back from storage.
  public init(
    id: TradeID, venueTradeID: String, orderID: OrderID, accountID: AccountID, symbol: Symbol,
    side: OrderSide, quantity: Quantity, price: Price, fee: Decimal, quoteSequence: Int64,
    executedAt: Instant, sequence: Int64
  ) {
    self.id = id
    self.venueTradeID = venueTradeID
    self.orderID = orderID
    self.accountID = accountID
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.price = price
    self.fee = fee
    self.quoteSequence = quoteSequence
    self.executedAt = executedAt
    self.sequence = sequence
  }
}
