public import Core

/// An order that is executed elsewhere, and what is known of it.
///
/// What the exchange reports and what the resolver is certain of change it, and nothing else: so its sums are always those
/// of the reports that were applied.
public struct RoutedOrder: Hashable, Sendable {
  /// What it was routed on.
  public let terms: RoutedOrderTerms
  /// When it arrived.
  public let createdAt: Instant

  /// Where it stands.
  public internal(set) var state: RoutedOrderState
  /// Whether its owner has asked for its end.
  public internal(set) var isCancelRequested: Bool
  /// How much has been traded.
  public internal(set) var filledQuantity: Decimal
  /// The sum of price times quantity over its executions, exact.
  public internal(set) var filledNotional: Decimal
  /// Why the exchange did not take it; nil unless that is so.
  public internal(set) var rejectReason: String?
  /// The exchange's name for it; nil until a report tells it.
  public internal(set) var exchangeOrderID: ExchangeOrderID?
  /// How often it has been sent, or was about to be.
  public internal(set) var submissions: Int32
  /// Until when the exchange may take the latest submission, by the exchange's clock; nil before the first.
  public internal(set) var receiveUntil: Instant?
  /// Counts its changes from 1.
  public internal(set) var version: Int64
  /// When it last changed.
  public internal(set) var updatedAt: Instant

  /// An order as it was read back from storage.
  public init(
    terms: RoutedOrderTerms, createdAt: Instant, state: RoutedOrderState,
    isCancelRequested: Bool, filledQuantity: Decimal, filledNotional: Decimal,
    rejectReason: String?, exchangeOrderID: ExchangeOrderID?, submissions: Int32,
    receiveUntil: Instant?, version: Int64, updatedAt: Instant
  ) {
    self.terms = terms
    self.createdAt = createdAt
    self.state = state
    self.isCancelRequested = isCancelRequested
    self.filledQuantity = filledQuantity
    self.filledNotional = filledNotional
    self.rejectReason = rejectReason
    self.exchangeOrderID = exchangeOrderID
    self.submissions = submissions
    self.receiveUntil = receiveUntil
    self.version = version
    self.updatedAt = updatedAt
  }

  /// An order that has just arrived.
  init(
    _ terms: RoutedOrderTerms, state: RoutedOrderState, isCancelRequested: Bool = false,
    receiveUntil: Instant? = nil, at now: Instant
  ) {
    self.init(
      terms: terms, createdAt: now, state: state, isCancelRequested: isCancelRequested,
      filledQuantity: .zero, filledNotional: .zero, rejectReason: nil, exchangeOrderID: nil,
      submissions: receiveUntil == nil ? 0 : 1, receiveUntil: receiveUntil, version: 1,
      updatedAt: now)
  }

  /// Its name.
  public var id: ClientOrderID { terms.clientOrderID }

  /// Whether it is not known what became of it, or its end has been asked for and has not come: what the resolver attends to.
  public var isUnresolved: Bool { state == .pendingNew || isCancelRequested && !state.isFinal }

  /// Moves it along the table.
  mutating func apply(
    _ transition: RoutedOrderTransition, at now: Instant
  ) throws(IllegalTransition) {
    guard let next = state.after(transition) else {
      throw IllegalTransition(state: state, transition: transition)
    }
    state = next
    touch(at: now)
  }

  /// Counts a change.
  mutating func touch(at now: Instant) {
    version += 1
    updatedAt = now
  }
}
