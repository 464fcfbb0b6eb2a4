public import Core

/// Names a deposit.
public struct DepositID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Money that came from outside.
public struct Deposit: Hashable, Sendable {
  /// Its name.
  public let id: DepositID
  /// The account that was credited.
  public let accountID: AccountID
  /// What was credited, and how much: positive.
  public let money: Money
  /// The depositor's own name for it, unique among all deposits.
  public let reference: String
  /// The operator.
  public let operatorID: UserID
  /// The entry of the ledger.
  public let transactionID: LedgerTransactionID
  /// When.
  public let createdAt: Instant

  /// A deposit as it was read back from storage.
  public init(
    id: DepositID, accountID: AccountID, money: Money, reference: String, operatorID: UserID,
    transactionID: LedgerTransactionID, createdAt: Instant
  ) {
    self.id = id
    self.accountID = accountID
    self.money = money
    self.reference = reference
    self.operatorID = operatorID
    self.transactionID = transactionID
    self.createdAt = createdAt
  }
}
