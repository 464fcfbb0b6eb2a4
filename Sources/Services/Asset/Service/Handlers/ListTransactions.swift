import AssetContract
import AssetDomain
import Core
import Protobuf
import RPC
import ServiceKit

extension AssetHandlers {
  /// Pages of transactions or of a statement's entries.
  static let pageSizes = PageSizes(default: 50, max: 500)

  /// The caller's ledger transactions, newest first.
  func listTransactions(
    _ request: AssetV1.ListTransactionsRequest, context: ServerContext
  ) async throws -> AssetV1.ListTransactionsResponse {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: "transactions", request.asset,
      request.orderID, sizes: Self.pageSizes, &violations
    ) { Int64($0) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let order = OrderID(canonical: request.orderID)
    // A filter by an order that cannot be there leaves nothing.
    if !request.orderID.isEmpty, order == nil { return AssetV1.ListTransactionsResponse() }
    let filter = FundsStore.TransactionFilter(
      asset: request.asset.isEmpty ? nil : AssetID(rawValue: request.asset), order: order,
      before: page.after)
    let entries = try await funds.transactions(of: account, filter, limit: page.readLimit)
    let (items, nextToken) = page.cut(entries) { "\($0.sequence)" }
    return .with {
      $0.transactions = items.map { AssetV1.LedgerTransaction($0) }
      $0.nextPageToken = nextToken
    }
  }
}
