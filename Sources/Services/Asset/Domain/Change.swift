import Core

/// What a decision came to: everything that one transaction of the database writes, or nothing of it.
public struct Change: Hashable, Sendable {
  /// The account after the change.
  public let account: Account
  /// The reservation after the change, where one changed.
  public let reservation: Reservation?
  /// The entry of the ledger; nil when no money moved.
  public let transaction: LedgerTransaction?
  /// The trade that was settled.
  public let settlement: Settlement?
  /// The deposit that was made.
  public let deposit: Deposit?

  init(
    account: Account, reservation: Reservation? = nil, transaction: LedgerTransaction?,
    settlement: Settlement? = nil, deposit: Deposit? = nil
  ) {
    self.account = account
    self.reservation = reservation
    self.transaction = transaction
    self.settlement = settlement
    self.deposit = deposit
  }

  /// The wallets that changed, by asset, as they are after it.
  public var wallets: [Wallet] {
    let assets = Set(
      (transaction?.postings ?? []).filter(\.ledgerAccount.isOwners).map(\.money.asset))
    return assets.sorted().map { account.wallet(of: $0) }
  }
}
