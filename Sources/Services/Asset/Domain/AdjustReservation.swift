public import Core

/// Sets what an order may cost in all, while it works or when it is over.
public struct AdjustReservation: Hashable, Sendable {
  /// The order.
  public let orderID: OrderID
  /// The order's version that the total belongs to: 1 or more.
  public let version: Int64
  /// What the order may cost in all; of one that is over, what its trades cost together.
  public let total: Decimal
  /// Whether the order is over.
  public let isFinal: Bool

  /// Takes the parts.
  public init(orderID: OrderID, version: Int64, total: Decimal, isFinal: Bool) {
    self.orderID = orderID
    self.version = version
    self.total = total
    self.isFinal = isFinal
  }

  /// Decides what is held from now on.
  ///
  /// - Parameter existing: what is known of the order; nil for nothing.
  /// - Returns: The change; nil when the total applied is of this version or a later one.
  public func decide(
    for account: Account, existing: Reservation?, id: LedgerTransactionID, at now: Instant
  ) throws(FundsRejection) -> Change? {
    guard let existing else { return try tombstone(for: account) }
    // Someone else's order is none that this account has.
    guard existing.accountID == account.id else { throw .reservationUnknown(orderID) }
    guard version > existing.version else { return nil }
    guard !existing.isFinal else {
      // An order that is over may be told of again, and nothing else may come of it.
      guard isFinal, total == existing.total else { throw .reservationClosed(orderID) }
      return nil
    }
    guard let terms = existing.terms else { throw .reservationClosed(orderID) }
    guard total >= existing.captured else {
      throw .belowCaptured(total: total, captured: existing.captured)
    }
    let (difference, overflow) = total.subtractingReportingOverflow(existing.total)
    guard !overflow else { throw .outOfRange(terms.giveAsset) }
    var (after, reservation) = (account, existing)
    reservation.set(total: total, version: version, isFinal: isFinal)
    let money = Money(asset: terms.giveAsset, amount: difference.magnitude)
    let transfer =
      difference.isNegative
      ? Transfer(money, from: .reserved, to: .available)
      : Transfer(money, from: .available, to: .reserved)
    let cause = LedgerTransaction.Cause(
      id: id, kind: isFinal ? .release : .adjust, orderID: orderID, reference: orderID.rawValue)
    let transaction = try after.post(cause, [transfer], at: now)
    return Change(account: after, reservation: reservation, transaction: transaction)
  }

  /// An order that ended before anything was held for it: nothing may be held for it later.
  private func tombstone(for account: Account) throws(FundsRejection) -> Change {
    guard isFinal, total.isZero else { throw .reservationUnknown(orderID) }
    return Change(
      account: account,
      reservation: Reservation(tombstoneOf: orderID, of: account.id, version: version),
      transaction: nil)
  }
}
