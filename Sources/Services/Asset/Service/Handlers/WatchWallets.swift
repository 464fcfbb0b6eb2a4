import AssetContract
import AssetDomain
import Core
import Events
import Protobuf
import RPC
import ServiceKit

extension AssetHandlers {
  /// The caller's wallets as they change: a snapshot, then every later change once, in order.
  func watchWallets(
    _ request: AssetV1.WatchWalletsRequest, responses: RPCWriter<AssetV1.WalletUpdate>,
    context: ServerContext
  ) async throws {
    let account = try context.accountID
    // Before the snapshot: what happens while it is read is in one or the other, never in neither.
    let subscription = walletEvents.subscribe(to: account.rawValue)
    let (wallets, sequence) = try await funds.walletSnapshot(of: account)
    try await responses.write(
      .with {
        $0.sequence = sequence
        $0.update = .snapshot(
          .with { $0.wallets = wallets.map { AssetV1.Wallet($0, of: account) } })
      })
    for try await envelope in subscription.events(after: sequence) {
      let event = envelope.event
      try await responses.write(
        .with {
          $0.sequence = event.sequence
          $0.update = .change(
            .with {
              $0.transactionID = event.transactionID
              $0.kind = event.kind
              $0.wallets = event.wallets
            })
        })
    }
    try Task.checkCancellation()
    throw RPCError(
      .unavailable, .stopping, "the service is stopping: open the stream again for a new snapshot",
      cause: ServerStops())
  }
}
