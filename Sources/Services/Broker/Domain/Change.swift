public import Core

/// What a decision came to: everything that one transaction writes.
public struct Change: Hashable, Sendable {
  /// The order after the change.
  public let order: RoutedOrder
  /// What others are told; nil while nothing has happened that they would know of.
  public let event: RoutedOrderEvent?
}

/// What happened to a routed order, as others are told.
public struct RoutedOrderEvent: Hashable, Sendable {
  /// What happened.
  public let type: RoutedOrderEventType
  /// The execution; nil unless something was traded.
  public let execution: Execution?
  /// The sequence of the exchange's report; zero where none is behind it.
  public let reportSequence: Int64
  /// When it happened: by the exchange's clock where a report is behind it.
  public let time: Instant

  init(
    _ type: RoutedOrderEventType, execution: Execution? = nil, reportSequence: Int64 = 0,
    at time: Instant
  ) {
    self.type = type
    self.execution = execution
    self.reportSequence = reportSequence
    self.time = time
  }
}

/// What can happen to a routed order, as others are told.
public enum RoutedOrderEventType: String, Hashable, Sendable, CaseIterable {
  /// The exchange took it.
  case accepted = "ACCEPTED"
  /// The exchange did not take it.
  case rejected = "REJECTED"
  /// A part of it, or all that was left, was traded.
  case trade = "TRADE"
  /// It was withdrawn.
  case canceled = "CANCELED"
  /// Its time was over.
  case expired = "EXPIRED"
}
