public import Core

/// Settles a trade from what its order holds.
public struct Capture: Hashable, Sendable {
  /// The trade.
  public let tradeID: TradeID
  /// What it moves.
  public let terms: SettlementTerms

  /// Takes both parts.
  public init(tradeID: TradeID, terms: SettlementTerms) {
    self.tradeID = tradeID
    self.terms = terms
  }

  /// Decides what is posted.
  ///
  /// - Parameters:
  ///   - existing: What the order holds; nil for nothing that is known.
  ///   - settled: The settlement of the same trade, where there is one.
  /// - Returns: The change; nil when the trade is settled already, since asking twice is no error.
  public func decide(
    for account: Account, existing: Reservation?, settled: Settlement?, id: LedgerTransactionID,
    at now: Instant
  ) throws(FundsRejection) -> Change? {
    if let settled {
      guard settled.accountID == account.id, settled.terms == terms else {
        throw .tradeSettled(tradeID)
      }
      return nil
    }
    guard var reservation = existing, reservation.accountID == account.id else {
      throw .reservationUnknown(terms.orderID)
    }
    guard let agreed = reservation.terms else { throw .reservationClosed(terms.orderID) }
    try reservation.capture(terms.give)
    var after = account
    let cause = LedgerTransaction.Cause(
      id: id, kind: .settle, orderID: terms.orderID, reference: tradeID.rawValue)
    guard let transaction = try after.post(cause, try transfers(agreed), at: now) else {
      preconditionFailure("what is given is positive, so something moves")
    }
    let settlement = Settlement(
      tradeID: tradeID, accountID: account.id, terms: terms, giveAsset: agreed.giveAsset,
      takeAsset: agreed.takeAsset, transactionID: id, sequence: after.confirm(),
      settledAt: transaction.postedAt)
    return Change(
      account: after, reservation: reservation, transaction: transaction, settlement: settlement)
  }

  private func transfers(_ agreed: ReservationTerms) throws(FundsRejection) -> [Transfer] {
    let give = Money(asset: agreed.giveAsset, amount: terms.give)
    let take = Money(asset: agreed.takeAsset, amount: terms.take)
    switch terms.feeSide {
    case .give:
      let fee = Money(asset: agreed.giveAsset, amount: terms.fee)
      guard terms.fee <= terms.give else { throw .feeExceeds(fee) }
      let price = Money(asset: agreed.giveAsset, amount: terms.give - terms.fee)
      return [
        Transfer(price, from: .reserved, to: .venue), Transfer(fee, from: .reserved, to: .fees),
        Transfer(take, from: .venue, to: .available),
      ]
    case .take:
      let fee = Money(asset: agreed.takeAsset, amount: terms.fee)
      return [
        Transfer(give, from: .reserved, to: .venue), Transfer(take, from: .venue, to: .available),
        Transfer(fee, from: .venue, to: .fees),
      ]
    }
  }
}
