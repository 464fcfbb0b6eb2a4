import AssetContract
import AssetDomain
import Core
import Protobuf
import RPC
import ServiceKit

extension AssetHandlers {
  /// The caller's statement of one asset; each page opens with what the one before closed with.
  func getStatement(
    _ request: AssetV1.GetStatementRequest, context: ServerContext
  ) async throws -> AssetV1.Statement {
    let account = try context.accountID
    var violations: [FieldViolation] = []
    let time = TimeRange(from: request.fromAt, until: request.untilAt, &violations)
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: "statement", request.asset, time.filter,
      sizes: Self.pageSizes, &violations
    ) { Int64($0) }
    guard violations.isEmpty else { throw RPCError(violations: violations) }
    let range = FundsStore.StatementRange(
      asset: AssetID(rawValue: request.asset), from: time.from, until: time.until,
      after: page.after)
    let (opening, lines) = try await funds.statement(of: account, range, limit: page.readLimit)
    let (items, nextToken) = page.cut(lines) { "\($0.sequence)" }
    var balance = opening
    let entries = try items.map { line in
      balance = try balance.adding(line.amount)
      return AssetV1.StatementEntry(line, balance: balance)
    }
    return .with {
      $0.accountID = account.rawValue
      $0.asset = request.asset
      $0.opening = opening
      $0.entries = entries
      $0.closing = balance
      $0.nextPageToken = nextToken
    }
  }
}

extension AssetV1.StatementEntry {
  init(_ line: FundsStore.StatementLine, balance: Decimal) {
    self.init()
    transactionID = line.id.rawValue
    sequence = line.sequence
    kind = AssetV1.TransactionKind(line.kind)
    orderID = line.orderID?.rawValue ?? ""
    reference = line.reference
    amount = line.amount
    self.balance = balance
    postedAt = Google.Timestamp(line.postedAt)
  }
}
