public import Core

/// Credits an account with money that came from outside.
public struct CreateDeposit: Hashable, Sendable {
  /// What is credited, and how much: positive.
  public let money: Money
  /// The depositor's own name for it.
  public let reference: String
  /// The operator.
  public let operatorID: UserID

  /// Takes the parts; nil when the amount is not positive.
  public init?(money: Money, reference: String, operatorID: UserID) {
    guard money.amount.isPositive else { return nil }
    self.money = money
    self.reference = reference
    self.operatorID = operatorID
  }

  /// Decides what is posted.
  ///
  /// - Parameters:
  ///   - namesake: The deposit of the same reference, where there is one.
  ///   - depositID: The new deposit's name.
  /// - Returns: The change; nil when the deposit is made already, since asking twice is no error.
  public func decide(
    for account: Account, namesake: Deposit?, depositID: DepositID, id: LedgerTransactionID,
    at now: Instant
  ) throws(FundsRejection) -> Change? {
    if let namesake {
      guard namesake.accountID == account.id, namesake.money == money else {
        throw .referenceTaken(namesake.id)
      }
      return nil
    }
    var after = account
    let cause = LedgerTransaction.Cause(
      id: id, kind: .deposit, orderID: nil, reference: reference)
    guard
      let transaction = try after.post(
        cause, [Transfer(money, from: .external, to: .available)], at: now)
    else { preconditionFailure("what is credited is positive, so something moves") }
    let deposit = Deposit(
      id: depositID, accountID: account.id, money: money, reference: reference,
      operatorID: operatorID, transactionID: id, createdAt: transaction.postedAt)
    return Change(account: after, transaction: transaction, deposit: deposit)
  }
}
