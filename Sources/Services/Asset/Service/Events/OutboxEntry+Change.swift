import AssetContract
import AssetDomain
import Core
import ServiceKit

extension OutboxEntry {
  /// What a change tells others.
  static func entries(for change: Change) -> [OutboxEntry] {
    guard let entry = change.transaction else { return [] }
    let id = EventID(UUIDv7.make(now: entry.postedAt))
    var entries = [
      OutboxEntry(
        AssetV1.WalletEvent(entry, change.wallets, id: id), to: AssetV1.Topics.walletEvents,
        id: id, at: entry.postedAt)
    ]
    if let settlement = change.settlement {
      let id = EventID(UUIDv7.make(now: entry.postedAt))
      entries.append(
        OutboxEntry(
          AssetV1.TradeConfirmation(settlement, id: id), to: AssetV1.Topics.tradeConfirmations,
          id: id, at: entry.postedAt))
    }
    return entries
  }
}
