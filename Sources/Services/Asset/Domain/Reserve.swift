public import Core

/// Holds funds for an order that is being placed.
public struct Reserve: Hashable, Sendable {
  /// The order.
  public let orderID: OrderID
  /// What it gives and takes, and what it may cost.
  public let terms: ReservationTerms

  /// Takes both parts.
  public init(orderID: OrderID, terms: ReservationTerms) {
    self.orderID = orderID
    self.terms = terms
  }

  /// Decides whether the funds are held.
  ///
  /// - Parameter existing: what is known of the order; nil for nothing.
  /// - Returns: The change; nil when the funds are held already, since asking twice is no error.
  public func decide(
    for account: Account, existing: Reservation?, id: LedgerTransactionID, at now: Instant
  ) throws(FundsRejection) -> Change? {
    if let existing {
      // Before the terms: whoever asks late must not ask again.
      guard existing.accountID != account.id || !existing.isFinal else {
        throw .reservationClosed(orderID)
      }
      guard existing.accountID == account.id, existing.terms == terms else {
        throw .reservationExists(orderID)
      }
      return nil
    }
    var after = account
    let reservation = Reservation(orderID, of: account.id, terms)
    let cause = LedgerTransaction.Cause(
      id: id, kind: .reserve, orderID: orderID, reference: orderID.rawValue)
    let money = Money(asset: terms.giveAsset, amount: terms.amount)
    let transaction = try after.post(
      cause, [Transfer(money, from: .available, to: .reserved)], at: now)
    return Change(account: after, reservation: reservation, transaction: transaction)
  }
}
