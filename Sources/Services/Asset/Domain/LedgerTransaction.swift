public import Core

/// Names a transaction of the ledger.
public struct LedgerTransactionID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Why money moved.
public enum TransactionKind: String, Hashable, Sendable, CaseIterable {
  /// It came from outside.
  case deposit = "DEPOSIT"
  /// An order holds it now.
  case reserve = "RESERVE"
  /// An order holds more or less of it than before.
  case adjust = "ADJUST"
  /// An order that is over holds it no more.
  case release = "RELEASE"
  /// A trade was settled.
  case settle = "SETTLE"
}

/// One entry of the ledger: postings that add up to zero for each asset.
///
/// It is made of transfers only, or read back from storage by an initializer that refuses what does
/// not balance: no value of this type is out of balance.
public struct LedgerTransaction: Hashable, Sendable {
  /// Its name.
  public let id: LedgerTransactionID
  /// The owner whose money moves; every transaction has one.
  public let accountID: AccountID
  /// Counts the owner's transactions from 1 without a gap.
  public let sequence: Int64
  /// Why money moves.
  public let kind: TransactionKind
  /// The order, where one is the reason.
  public let orderID: OrderID?
  /// What caused it: the trade of a settlement, the reference of a deposit, else the order.
  public let reference: String
  /// When: never before the owner's transaction before it.
  public let postedAt: Instant
  /// What moves; at most one posting for each place and asset.
  public let postings: [Posting]

  /// Why money moves, whoever's it is.
  struct Cause: Hashable, Sendable {
    let id: LedgerTransactionID
    let kind: TransactionKind
    let orderID: OrderID?
    let reference: String
  }

  /// Makes the postings of transfers; throws when a sum leaves the range of an amount.
  init(
    _ cause: Cause, of accountID: AccountID, sequence: Int64, _ transfers: [Transfer],
    at postedAt: Instant
  ) throws(MoneyError) {
    var postings: [Posting] = []
    for transfer in transfers where !transfer.money.amount.isZero {
      try postings.add(-transfer.money, to: transfer.source)
      try postings.add(transfer.money, to: transfer.destination)
    }
    id = cause.id
    kind = cause.kind
    orderID = cause.orderID
    reference = cause.reference
    self.accountID = accountID
    self.sequence = sequence
    self.postedAt = postedAt
    self.postings = postings.filter { !$0.money.amount.isZero }
  }

  /// A transaction as it was read back from storage; nil when its postings do not add up to zero.
  public init?(
    id: LedgerTransactionID, accountID: AccountID, sequence: Int64, kind: TransactionKind,
    orderID: OrderID?, reference: String, postedAt: Instant, postings: [Posting]
  ) {
    var sums: [AssetID: Money] = [:]
    for posting in postings {
      let money = posting.money
      let sum = sums[money.asset] ?? Money(asset: money.asset, amount: .zero)
      guard let next = try? sum.adding(money) else { return nil }
      sums[money.asset] = next
    }
    guard sums.values.allSatisfy(\.amount.isZero) else { return nil }
    self.id = id
    self.accountID = accountID
    self.sequence = sequence
    self.kind = kind
    self.orderID = orderID
    self.reference = reference
    self.postedAt = postedAt
    self.postings = postings
  }
}

extension [Posting] {
  fileprivate mutating func add(
    _ money: Money, to ledgerAccount: LedgerAccount
  ) throws(MoneyError) {
    let same = firstIndex { $0.ledgerAccount == ledgerAccount && $0.money.asset == money.asset }
    guard let same else {
      append(Posting(ledgerAccount, money))
      return
    }
    self[same] = Posting(ledgerAccount, try self[same].money.adding(money))
  }
}
