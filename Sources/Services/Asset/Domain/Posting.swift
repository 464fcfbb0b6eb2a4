public import Core

/// One line of a ledger transaction: an amount towards a place, or with a negative sign away from it.
public struct Posting: Hashable, Sendable {
  /// The place.
  public let ledgerAccount: LedgerAccount
  /// What moves, and how much.
  public let money: Money

  /// Takes both parts.
  public init(_ ledgerAccount: LedgerAccount, _ money: Money) {
    self.ledgerAccount = ledgerAccount
    self.money = money
  }
}

/// Money on its way from one place to another: the two postings that it makes add up to zero.
struct Transfer: Hashable, Sendable {
  let source: LedgerAccount
  let destination: LedgerAccount
  let money: Money

  /// Says what moves; an amount of zero makes no posting.
  init(_ money: Money, from source: LedgerAccount, to destination: LedgerAccount) {
    precondition(!money.amount.isNegative, "a transfer of \(money) goes the other way")
    self.money = money
    self.source = source
    self.destination = destination
  }
}
