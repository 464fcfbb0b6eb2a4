import AssetContract
import AssetDomain
import Core
import Postgres
import ServiceKit

extension Outbox {
  /// Adds what a change tells others to what the transaction commits.
  func append(_ change: Change, in transaction: PostgresTransaction) {
    guard let entry = change.transaction else { return }
    let id = EventID(UUIDv7.make(now: entry.postedAt))
    append(
      AssetV1.WalletEvent(entry, change.wallets, id: id), to: AssetV1.Topics.walletEvents, id: id,
      at: entry.postedAt, in: transaction)
    if let settlement = change.settlement {
      let id = EventID(UUIDv7.make(now: entry.postedAt))
      append(
        AssetV1.TradeConfirmation(settlement, id: id), to: AssetV1.Topics.tradeConfirmations,
        id: id, at: entry.postedAt, in: transaction)
    }
  }
}
