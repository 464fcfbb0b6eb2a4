import AssetContract
import AssetDomain
import Core
import Protobuf
import RPC
import ServiceKit

extension AssetHandlers {
  /// Pages of wallets.
  static let walletPageSizes = PageSizes(default: 100, max: 500)

  /// The caller's wallets, by asset.
  func listWallets(
    _ request: AssetV1.ListWalletsRequest, context: ServerContext
  ) async throws -> AssetV1.ListWalletsResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: "wallets",
      sizes: Self.walletPageSizes, &violations
    ) { AssetID(code: $0) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let wallets = try await funds.wallets(of: account, after: page.after, limit: page.readLimit)
    let (items, nextToken) = page.cut(wallets) { $0.asset.rawValue }
    return .with {
      $0.wallets = items.map { AssetV1.Wallet($0, of: account) }
      $0.nextPageToken = nextToken
    }
  }
}
