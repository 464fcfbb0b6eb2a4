public import Core

/// One thing that happened to an order.
public struct ExecutionReport: Hashable, Sendable {
  /// Counts the account's reports from 1 without a gap.
  public let sequence: Int64
  /// What happened.
  public let type: ReportType
  /// The order after it.
  public let order: ExchangeOrder
  /// What was traded; nil unless something was.
  public let execution: Execution?
  /// When it happened.
  public var reportedAt: Instant { order.updatedAt }

  /// A report as it was read back from storage.
  public init(
    sequence: Int64, type: ReportType, order: ExchangeOrder, execution: Execution?
  ) {
    self.sequence = sequence
    self.type = type
    self.order = order
    self.execution = execution
  }
}

/// What can happen to an order.
public enum ReportType: String, Hashable, Sendable, CaseIterable {
  /// It was taken and works.
  case accepted = "ACCEPTED"
  /// It was not taken.
  case rejected = "REJECTED"
  /// A part of it, or all that was left, was traded.
  case trade = "TRADE"
  /// It was withdrawn.
  case canceled = "CANCELED"
  /// Its time was over.
  case expired = "EXPIRED"
}

/// What was traded at once.
public struct Execution: Hashable, Sendable {
  /// Its name.
  public let id: ExecutionID
  /// How much.
  public let quantity: Quantity
  /// At what price.
  public let price: Price

  /// Takes the parts as stated.
  public init(id: ExecutionID, quantity: Quantity, price: Price) {
    self.id = id
    self.quantity = quantity
    self.price = price
  }
}
