import AssetContract
import AssetDomain
import Core
import Protobuf

extension AssetV1.WalletEvent {
  /// What an entry of the ledger left.
  init(_ entry: LedgerTransaction, _ wallets: [Wallet], id: EventID) {
    self.init()
    eventID = id.rawValue
    accountID = entry.accountID.rawValue
    sequence = entry.sequence
    transactionID = entry.id.rawValue
    kind = AssetV1.TransactionKind(entry.kind)
    orderID = entry.orderID?.rawValue ?? ""
    reference = entry.reference
    self.wallets = wallets.map { AssetV1.Wallet($0, of: entry.accountID) }
    timestamp = Google.Timestamp(entry.postedAt)
  }
}

extension AssetV1.TradeConfirmation {
  /// A trade that is settled.
  init(_ settlement: Settlement, id: EventID) {
    self.init()
    eventID = id.rawValue
    accountID = settlement.accountID.rawValue
    sequence = settlement.sequence
    tradeID = settlement.tradeID.rawValue
    orderID = settlement.terms.orderID.rawValue
    transactionID = settlement.transactionID.rawValue
    giveAsset = settlement.giveAsset.rawValue
    giveAmount = settlement.terms.give
    takeAsset = settlement.takeAsset.rawValue
    takeAmount = settlement.terms.take
    feeAsset = settlement.feeAsset.rawValue
    feeAmount = settlement.terms.fee
    confirmedAt = Google.Timestamp(settlement.settledAt)
  }
}
