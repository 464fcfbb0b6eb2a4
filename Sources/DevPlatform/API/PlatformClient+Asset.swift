public import AssetContract
public import Core
internal import NIOHTTP1
internal import Protobuf

extension PlatformClient {
  /// Credits an account with money from outside, as an operator; the same again under one reference
  /// answers the same deposit.
  public func deposit(
    _ amount: Decimal, of asset: String, to accountID: String, reference: String
  ) async throws -> AssetV1.Deposit {
    let request = AssetV1.CreateDepositRequest.with {
      $0.accountID = accountID
      $0.asset = asset
      $0.amount = amount
      $0.reference = reference
    }
    return try await send(.POST, "/api/deposits", body: request, as: AssetV1.Deposit.self)
  }

  /// All wallets of the user, by asset, read page by page.
  public func wallets(pageSize: Int = 500) async throws -> [AssetV1.Wallet] {
    try await pages(
      "/api/wallets", [], pageSize: pageSize, as: AssetV1.ListWalletsResponse.self,
      items: \.wallets, next: \.nextPageToken)
  }

  /// All ledger transactions of the user, newest first, read page by page.
  public func transactions(
    asset: String = "", orderID: String = "", pageSize: Int = 500
  ) async throws -> [AssetV1.LedgerTransaction] {
    try await pages(
      "/api/transactions", [("asset", asset), ("order_id", orderID)], pageSize: pageSize,
      as: AssetV1.ListTransactionsResponse.self, items: \.transactions, next: \.nextPageToken)
  }

  /// What the whole ledger adds up to, as an operator.
  public func trialBalance() async throws -> AssetV1.TrialBalance {
    try await send(.GET, "/api/trial-balance", as: AssetV1.TrialBalance.self)
  }
}
