public import Core

/// What a decision about an owner's money depends on: the wallets at hand and where the counters are.
///
/// The account is the unit of consistency: storage holds its lock from the time this is read until
/// what was decided is committed.
public struct Account: Hashable, Sendable {
  /// Its name, the owner's user id.
  public let id: AccountID
  /// The sequence of its last ledger transaction; the first one has 1.
  public private(set) var transactionSequence: Int64
  /// The sequence of its last trade confirmation; the first one has 1.
  public private(set) var confirmationSequence: Int64
  /// When its last ledger transaction was posted.
  public private(set) var lastPostedAt: Instant?
  /// Its wallets, or those of them that the decision is about.
  public private(set) var wallets: [AssetID: Wallet]

  /// An account as it was read back from storage.
  public init(
    id: AccountID, transactionSequence: Int64, confirmationSequence: Int64,
    lastPostedAt: Instant?, wallets: [Wallet]
  ) {
    self.id = id
    self.transactionSequence = transactionSequence
    self.confirmationSequence = confirmationSequence
    self.lastPostedAt = lastPostedAt
    self.wallets = Dictionary(wallets.map { ($0.asset, $0) }) { first, _ in first }
  }

  /// An account that nothing ever moved in.
  public init(id: AccountID) {
    self.init(
      id: id, transactionSequence: 0, confirmationSequence: 0, lastPostedAt: nil, wallets: [])
  }

  /// What it has of an asset.
  public func wallet(of asset: AssetID) -> Wallet { wallets[asset] ?? Wallet(empty: asset) }

  /// Moves money, or throws and stays as it is.
  ///
  /// - Returns: the entry of the ledger; nil when nothing moves.
  mutating func post(
    _ cause: LedgerTransaction.Cause, _ transfers: [Transfer], at now: Instant
  ) throws(FundsRejection) -> LedgerTransaction? {
    // The clocks of replicas differ; the ledger's time does not go back.
    let time = max(now, lastPostedAt ?? now)
    let transaction: LedgerTransaction
    do throws(MoneyError) {
      transaction = try LedgerTransaction(
        cause, of: id, sequence: transactionSequence + 1, transfers, at: time)
    } catch {
      switch error {
      case .assetMismatch(let asset, _), .overflow(let asset): throw .outOfRange(asset)
      }
    }
    guard !transaction.postings.isEmpty else { return nil }
    var after = self
    for posting in transaction.postings where posting.ledgerAccount.isOwners {
      let asset = posting.money.asset
      var wallet = after.wallet(of: asset)
      try wallet.apply(posting, at: time)
      after.wallets[asset] = wallet
    }
    after.transactionSequence += 1
    after.lastPostedAt = time
    self = after
    return transaction
  }

  /// Counts a trade confirmation.
  mutating func confirm() -> Int64 {
    confirmationSequence += 1
    return confirmationSequence
  }
}
