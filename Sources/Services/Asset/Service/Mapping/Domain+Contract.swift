import AssetContract
import AssetDomain
import Core
import Protobuf

extension AssetV1.Wallet {
  /// A wallet as its owner sees it.
  init(_ wallet: Wallet, of account: AccountID) {
    self.init()
    accountID = account.rawValue
    asset = wallet.asset.rawValue
    available = wallet.available
    reserved = wallet.reserved
    total = wallet.total
    updatedAt = wallet.updatedAt.map { Google.Timestamp($0) }
  }
}

extension AssetV1.Reservation {
  /// A reservation as trading sees it.
  init(_ reservation: Reservation) {
    self.init()
    orderID = reservation.orderID.rawValue
    accountID = reservation.accountID.rawValue
    giveAsset = reservation.terms?.giveAsset.rawValue ?? ""
    takeAsset = reservation.terms?.takeAsset.rawValue ?? ""
    total = reservation.total
    captured = reservation.captured
    held = reservation.held
    version = reservation.version
    switch reservation.state {
    case .open: status = .open
    case .released: status = .released
    case .closed: status = .closed
    }
  }
}

extension AssetV1.Deposit {
  /// A deposit as the operator sees it.
  init(_ deposit: Deposit) {
    self.init()
    depositID = deposit.id.rawValue
    accountID = deposit.accountID.rawValue
    asset = deposit.money.asset.rawValue
    amount = deposit.money.amount
    reference = deposit.reference
    createdBy = deposit.operatorID.rawValue
    transactionID = deposit.transactionID.rawValue
    createdAt = Google.Timestamp(deposit.createdAt)
  }
}

extension AssetV1.LedgerTransaction {
  /// An entry of the ledger as its owner sees it.
  init(_ entry: LedgerTransaction) {
    self.init()
    transactionID = entry.id.rawValue
    accountID = entry.accountID.rawValue
    sequence = entry.sequence
    kind = AssetV1.TransactionKind(entry.kind)
    orderID = entry.orderID?.rawValue ?? ""
    reference = entry.reference
    postings = entry.postings.map { AssetV1.Posting($0) }
    postedAt = Google.Timestamp(entry.postedAt)
  }
}

extension AssetV1.Posting {
  /// A posting as its owner sees it.
  init(_ posting: Posting) {
    self.init()
    ledgerAccount = AssetV1.LedgerAccountKind(posting.ledgerAccount)
    asset = posting.money.asset.rawValue
    amount = posting.money.amount
  }
}

extension AssetV1.TransactionKind {
  init(_ kind: TransactionKind) {
    switch kind {
    case .deposit: self = .deposit
    case .reserve: self = .reserve
    case .adjust: self = .adjust
    case .release: self = .release
    case .settle: self = .settle
    }
  }
}

extension AssetV1.LedgerAccountKind {
  init(_ place: LedgerAccount) {
    switch place {
    case .available: self = .available
    case .reserved: self = .reserved
    case .venue: self = .venue
    case .fees: self = .fees
    case .external: self = .external
    }
  }
}

extension FeeSide {
  /// Nil when the side is not stated, or one that nobody here knows.
  init?(_ side: AssetV1.FeeSide) {
    switch side {
    case .give: self = .give
    case .take: self = .take
    case .unspecified, .unrecognized: return nil
    }
  }
}
