/// Where a routed order stands.
///
/// | from | accept | reject | fillPartially | fill | cancel | expire |
/// |---|---|---|---|---|---|---|
/// | PENDING_NEW | OPEN | REJECTED | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED |
/// | OPEN | | | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED |
/// | PARTIALLY_FILLED | | | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED |
/// | FILLED, CANCELED, REJECTED, EXPIRED | | | | | | |
///
/// An empty cell is an illegal transition. An order in PENDING_NEW may fill: not every exchange confirms what it trades at
/// once.
public enum RoutedOrderState: String, Hashable, Sendable, CaseIterable {
  /// Stored; it is not known whether the exchange has it.
  case pendingNew = "PENDING_NEW"
  /// The exchange has it, and nothing is traded.
  case open = "OPEN"
  /// The exchange has it, and a part is traded.
  case partiallyFilled = "PARTIALLY_FILLED"
  /// Traded in full.
  case filled = "FILLED"
  /// Withdrawn.
  case canceled = "CANCELED"
  /// Not taken by the exchange.
  case rejected = "REJECTED"
  /// Ended by time.
  case expired = "EXPIRED"

  /// Whether nothing can happen to the order any more.
  public var isFinal: Bool {
    switch self {
    case .pendingNew, .open, .partiallyFilled: false
    case .filled, .canceled, .rejected, .expired: true
    }
  }

  /// The state after `transition`; nil when it is illegal in this one.
  public func after(_ transition: RoutedOrderTransition) -> RoutedOrderState? {
    switch (self, transition) {
    case (.pendingNew, .accept): .open
    case (.pendingNew, .reject): .rejected
    case (.pendingNew, .fillPartially), (.open, .fillPartially),
      (.partiallyFilled, .fillPartially):
      .partiallyFilled
    case (.pendingNew, .fill), (.open, .fill), (.partiallyFilled, .fill): .filled
    case (.pendingNew, .cancel), (.open, .cancel), (.partiallyFilled, .cancel): .canceled
    case (.pendingNew, .expire), (.open, .expire), (.partiallyFilled, .expire): .expired
    default: nil
    }
  }
}

/// What can happen to a routed order.
public enum RoutedOrderTransition: Hashable, Sendable, CaseIterable {
  /// The exchange takes it.
  case accept
  /// The exchange does not take it.
  case reject
  /// A part of what was left is traded.
  case fillPartially
  /// All that was left is traded.
  case fill
  /// It is withdrawn.
  case cancel
  /// Its time is over.
  case expire
}

/// A transition that is illegal in the order's state.
public struct IllegalTransition: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the order stands.
  public let state: RoutedOrderState
  /// What was to happen.
  public let transition: RoutedOrderTransition

  /// Names both.
  public var description: String { "an order in \(state.rawValue) cannot \(transition)" }
}
