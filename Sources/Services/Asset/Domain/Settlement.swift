public import Core

/// What one trade moves.
public struct SettlementTerms: Hashable, Sendable {
  /// The order that was filled.
  public let orderID: OrderID
  /// How much leaves of what the order gives, a fee in it included: positive.
  public let give: Decimal
  /// How much comes of what it takes, a fee in it deducted: not negative.
  public let take: Decimal
  /// What is charged: not negative.
  public let fee: Decimal
  /// What the fee is charged in.
  public let feeSide: FeeSide

  /// Takes the parts; nil when an amount is out of its range.
  public init?(orderID: OrderID, give: Decimal, take: Decimal, fee: Decimal, feeSide: FeeSide) {
    guard give.isPositive, !take.isNegative, !fee.isNegative else { return nil }
    self.orderID = orderID
    self.give = give
    self.take = take
    self.fee = fee
    self.feeSide = feeSide
  }
}

/// What a fee is charged in.
public enum FeeSide: String, Hashable, Sendable, CaseIterable {
  /// What is given: a purchase pays the fee on top.
  case give = "GIVE"
  /// What is taken: a sale pays the fee from the proceeds.
  case take = "TAKE"
}

/// A trade that is settled.
public struct Settlement: Hashable, Sendable {
  /// The trade.
  public let tradeID: TradeID
  /// Whose it is.
  public let accountID: AccountID
  /// What it moved.
  public let terms: SettlementTerms
  /// What left the account.
  public let giveAsset: AssetID
  /// What came to it.
  public let takeAsset: AssetID
  /// The entry of the ledger.
  public let transactionID: LedgerTransactionID
  /// Counts the account's confirmations from 1 without a gap.
  public let sequence: Int64
  /// When.
  public let settledAt: Instant

  /// A settlement as it was read back from storage.
  public init(
    tradeID: TradeID, accountID: AccountID, terms: SettlementTerms, giveAsset: AssetID,
    takeAsset: AssetID, transactionID: LedgerTransactionID, sequence: Int64, settledAt: Instant
  ) {
    self.tradeID = tradeID
    self.accountID = accountID
    self.terms = terms
    self.giveAsset = giveAsset
    self.takeAsset = takeAsset
    self.transactionID = transactionID
    self.sequence = sequence
    self.settledAt = settledAt
  }

  /// What the fee was charged in.
  public var feeAsset: AssetID { terms.feeSide == .give ? giveAsset : takeAsset }
}
