public import Core

/// What an exchange reports of an order.
public struct ExecutionReport: Hashable, Sendable {
  /// Counts the connection's reports from 1 without a gap.
  public let sequence: Int64
  /// What happened.
  public let occurrence: Occurrence
  /// The exchange's name for the order.
  public let exchangeOrderID: ExchangeOrderID
  /// How much of the order has been traded after it.
  public let filledQuantity: Decimal
  /// The sum of price times quantity over its executions after it.
  public let filledNotional: Decimal
  /// When it happened, by the exchange's clock.
  public let reportedAt: Instant

  /// What can happen to an order at the exchange.
  public enum Occurrence: Hashable, Sendable {
    /// It was taken and works.
    case accepted
    /// It was not taken.
    case rejected(reason: String)
    /// A part of it, or all that was left, was traded.
    case trade(Execution)
    /// It was withdrawn.
    case canceled
    /// Its time was over.
    case expired
  }

  /// Names the parts.
  public init(
    sequence: Int64, occurrence: Occurrence, exchangeOrderID: ExchangeOrderID,
    filledQuantity: Decimal, filledNotional: Decimal, reportedAt: Instant
  ) {
    self.sequence = sequence
    self.occurrence = occurrence
    self.exchangeOrderID = exchangeOrderID
    self.filledQuantity = filledQuantity
    self.filledNotional = filledNotional
    self.reportedAt = reportedAt
  }
}

/// One execution of an order at the exchange.
public struct Execution: Hashable, Sendable {
  /// The exchange's name for it, unique among the connection's.
  public let id: String
  /// How much was traded.
  public let quantity: Quantity
  /// At what price.
  public let price: Price

  /// Names the parts.
  public init(id: String, quantity: Quantity, price: Price) {
    self.id = id
    self.quantity = quantity
    self.price = price
  }
}
