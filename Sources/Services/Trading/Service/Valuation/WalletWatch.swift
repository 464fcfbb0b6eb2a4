import AssetContract
import Core
import RPC
import Synchronization
import TradingDomain

/// Keeps a user's wallets up to date for one subscriber, from asset management's stream of them.
final class WalletWatch: Sendable {
  private let funds: Funds
  private let wallets = Mutex<[Asset: Decimal]?>(nil)

  init(_ funds: Funds) { self.funds = funds }

  /// What the ledger says there is of each asset; nil before that is known.
  var totals: [Asset: Decimal]? { wallets.withLock(\.self) }

  /// Follows the wallets of the user on whose behalf the call is made, until the stream ends.
  func follow() async throws {
    for try await update in try await funds.client.watchWallets(AssetV1.WatchWalletsRequest()) {
      switch update.update {
      case .snapshot(let snapshot): wallets.withLock { $0 = Funds.totals(of: snapshot.wallets) }
      case .change(let change):
        wallets.withLock { $0?.merge(Funds.totals(of: change.wallets)) { $1 } }
      case nil: break
      }
    }
  }
}

extension Funds {
  /// What there is of each asset, with what orders hold of it.
  static func totals(of wallets: [AssetV1.Wallet]) -> [Asset: Decimal] {
    Dictionary(
      wallets.map { (Asset(rawValue: $0.asset), $0.total ?? .zero) }, uniquingKeysWith: { $1 })
  }
}
