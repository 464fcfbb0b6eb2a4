public import Core

/// What an order holds of its account's funds, and what became of it.
///
/// `total` is what the order may cost in all, `captured` what its trades have taken so far, and what
/// is between them is held. Each total belongs to a version of the order, and only later versions
/// replace it: so totals may come in any order, and more than once.
public struct Reservation: Hashable, Sendable {
  /// The order.
  public let orderID: OrderID
  /// The account whose funds are held.
  public let accountID: AccountID
  /// What was agreed when it was made; nil for the mark of an order that nothing was held for.
  public let terms: ReservationTerms?
  /// What the order may cost in all.
  public private(set) var total: Decimal
  /// What its trades have taken of that.
  public private(set) var captured: Decimal
  /// The version of the order that the total belongs to; 0 for that of the terms.
  public private(set) var version: Int64
  /// Whether the order is over.
  public private(set) var isFinal: Bool

  /// A reservation as it was read back from storage.
  public init(
    orderID: OrderID, accountID: AccountID, terms: ReservationTerms?, total: Decimal,
    captured: Decimal, version: Int64, isFinal: Bool
  ) {
    self.orderID = orderID
    self.accountID = accountID
    self.terms = terms
    self.total = total
    self.captured = captured
    self.version = version
    self.isFinal = isFinal
  }

  /// What an order holds that has just been given it.
  init(_ orderID: OrderID, of accountID: AccountID, _ terms: ReservationTerms) {
    self.init(
      orderID: orderID, accountID: accountID, terms: terms, total: terms.amount, captured: .zero,
      version: 0, isFinal: false)
  }

  /// The mark of an order that is over and that nothing was held for: it refuses a late reservation.
  init(tombstoneOf orderID: OrderID, of accountID: AccountID, version: Int64) {
    self.init(
      orderID: orderID, accountID: accountID, terms: nil, total: .zero, captured: .zero,
      version: version, isFinal: true)
  }

  /// What is still held.
  public var held: Decimal { total - captured }

  /// Where it stands.
  public var state: ReservationState {
    guard isFinal else { return .open }
    return held.isZero ? .closed : .released
  }

  /// Sets what the order may cost; what that is must have been checked.
  mutating func set(total: Decimal, version: Int64, isFinal: Bool) {
    self.total = total
    self.version = version
    self.isFinal = isFinal
  }

  /// Takes what a trade cost from what is held.
  mutating func capture(_ amount: Decimal) throws(FundsRejection) {
    guard let terms else { throw .reservationClosed(orderID) }
    guard amount <= held else {
      throw .exceedsReservation(Money(asset: terms.giveAsset, amount: amount), held: held)
    }
    captured = captured + amount
  }
}

/// What an order gives and takes, and the most that giving may cost.
public struct ReservationTerms: Hashable, Sendable {
  /// What the order gives: the quote asset of a purchase, the base asset of a sale.
  public let giveAsset: AssetID
  /// What it takes: another asset.
  public let takeAsset: AssetID
  /// The most it may cost when it is placed: positive.
  public let amount: Decimal

  /// Takes the three parts; nil when the assets are the same or the amount is not positive.
  public init?(giveAsset: AssetID, takeAsset: AssetID, amount: Decimal) {
    guard giveAsset != takeAsset, amount.isPositive else { return nil }
    self.giveAsset = giveAsset
    self.takeAsset = takeAsset
    self.amount = amount
  }
}

/// Where a reservation stands.
public enum ReservationState: String, Hashable, Sendable, CaseIterable {
  /// The order works: its total may change.
  case open = "OPEN"
  /// The order is over; what is held are trades that are not captured yet.
  case released = "RELEASED"
  /// The order is over, and nothing is held.
  case closed = "CLOSED"
}
