/// Where an order stands.
///
/// | from | submit | route | open | reject | fillPartially | fill |
/// |---|---|---|---|---|---|---|
/// | NEW | PENDING_NEW | | | REJECTED | | |
/// | PENDING_NEW | | PENDING_NEW | OPEN | REJECTED | PARTIALLY_FILLED | FILLED |
/// | OPEN | | | | | PARTIALLY_FILLED | FILLED |
/// | PARTIALLY_FILLED | | | | | PARTIALLY_FILLED | FILLED |
/// | PENDING_CANCEL | | | | REJECTED | PENDING_CANCEL | FILLED |
/// | any other | | | | | | |
///
/// | from | requestCancel | cancel | expire |
/// |---|---|---|---|
/// | PENDING_NEW, OPEN, PARTIALLY_FILLED | PENDING_CANCEL | CANCELED | EXPIRED |
/// | PENDING_REPLACE, PENDING_CANCEL | | CANCELED | EXPIRED |
/// | any other | | | |
///
/// | from | amend | hold | resume | resumePartiallyFilled |
/// |---|---|---|---|---|
/// | OPEN | OPEN | PENDING_REPLACE | | |
/// | PARTIALLY_FILLED | PARTIALLY_FILLED | PENDING_REPLACE | | |
/// | PENDING_REPLACE | | | OPEN | PARTIALLY_FILLED |
/// | any other | | | | |
///
/// An empty cell is an illegal transition. FILLED, CANCELED, REJECTED and EXPIRED are final. PENDING_NEW may fill, cancel or
/// expire because a venue can say so before it confirms the order. In PENDING_REPLACE an order does not trade: what it would
/// cost on its old terms and what it may cost on the new ones never have to be held at once. In PENDING_CANCEL it may trade:
/// the exchange may have been faster than the wish. A canceled order never fills: the paper venue fills in the transaction that
/// reads the order, and an exchange says of an order that it has ended after all that was traded.
public enum OrderState: String, Hashable, Sendable, CaseIterable {
  /// Made, not yet stored.
  case new = "NEW"
  /// Stored, not yet decided by the venue.
  case pendingNew = "PENDING_NEW"
  /// Working in the market.
  case open = "OPEN"
  /// Working, a part is traded.
  case partiallyFilled = "PARTIALLY_FILLED"
  /// Working, and held back until the funds of an amendment are reserved.
  case pendingReplace = "PENDING_REPLACE"
  /// Working at a broker, which has been asked for its end.
  case pendingCancel = "PENDING_CANCEL"
  /// Traded in full.
  case filled = "FILLED"
  /// Withdrawn by its owner.
  case canceled = "CANCELED"
  /// Refused.
  case rejected = "REJECTED"
  /// Ended by time.
  case expired = "EXPIRED"

  /// Whether nothing can happen to the order any more.
  public var isFinal: Bool {
    switch self {
    case .new, .pendingNew, .open, .partiallyFilled, .pendingReplace, .pendingCancel: false
    case .filled, .canceled, .rejected, .expired: true
    }
  }

  /// The state after `transition`; nil when it is illegal in this one.
  public func after(_ transition: OrderTransition) -> OrderState? {
    switch (self, transition) {
    case (.new, .submit): .pendingNew
    case (.new, .reject), (.pendingNew, .reject), (.pendingCancel, .reject): .rejected
    case (.pendingNew, .route): .pendingNew
    case (.pendingNew, .open): .open
    case (.pendingNew, .fillPartially), (.open, .fillPartially),
      (.partiallyFilled, .fillPartially):
      .partiallyFilled
    case (.pendingCancel, .fillPartially): .pendingCancel
    case (.pendingNew, .fill), (.open, .fill), (.partiallyFilled, .fill), (.pendingCancel, .fill):
      .filled
    case (.pendingNew, .requestCancel), (.open, .requestCancel),
      (.partiallyFilled, .requestCancel):
      .pendingCancel
    case (.pendingNew, .cancel), (.open, .cancel), (.partiallyFilled, .cancel),
      (.pendingReplace, .cancel), (.pendingCancel, .cancel):
      .canceled
    case (.pendingNew, .expire), (.open, .expire), (.partiallyFilled, .expire),
      (.pendingReplace, .expire), (.pendingCancel, .expire):
      .expired
    case (.open, .amend), (.pendingReplace, .resume): .open
    case (.partiallyFilled, .amend), (.pendingReplace, .resumePartiallyFilled): .partiallyFilled
    case (.open, .hold), (.partiallyFilled, .hold): .pendingReplace
    default: nil
    }
  }
}

/// What can happen to an order.
public enum OrderTransition: Hashable, Sendable, CaseIterable {
  /// It is stored.
  case submit
  /// It is given over to the broker.
  case route
  /// The venue, or the broker's exchange, takes it.
  case open
  /// It is refused.
  case reject
  /// A part of what was left is traded.
  case fillPartially
  /// All that was left is traded.
  case fill
  /// Its owner wants it withdrawn, which the broker has to see to.
  case requestCancel
  /// It is withdrawn.
  case cancel
  /// Its time is over.
  case expire
  /// Its terms change at once.
  case amend
  /// It waits for the funds of an amendment.
  case hold
  /// An amendment is decided; nothing is traded yet.
  case resume
  /// An amendment is decided; a part is traded.
  case resumePartiallyFilled
}

/// A transition that is illegal in the order's state.
public struct IllegalTransition: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the order stands.
  public let state: OrderState
  /// What was to happen.
  public let transition: OrderTransition

  /// Names both.
  public var description: String { "an order in \(state.rawValue) cannot \(transition)" }
}
