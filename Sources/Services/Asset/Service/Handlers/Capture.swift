import AssetContract
import AssetDomain
import Core
import Protobuf
import RPC

extension AssetHandlers {
  /// Settles a trade; again with the same terms answers the same.
  func capture(
    _ request: AssetV1.CaptureRequest, context: ServerContext
  ) async throws -> AssetV1.CaptureResponse {
    context.setAuditedUser(request.accountID)
    let terms = SettlementTerms(
      orderID: OrderID(rawValue: request.orderID),
      give: try Self.parsed(request.giveAmount, "give_amount"),
      take: try Self.parsed(request.takeAmount, "take_amount"),
      fee: try Self.parsed(request.feeAmount, "fee_amount"),
      feeSide: try Self.parsed(FeeSide(request.feeSide), "fee_side"))
    let capture = Capture(
      tradeID: TradeID(rawValue: request.tradeID), terms: try Self.parsed(terms, "give_amount"))
    let outcome = try await funds.perform(
      .capture(capture), for: AccountID(rawValue: request.accountID))
    guard let settlement = outcome.settlement else {
      throw RPCError(.internal, "a trade was captured and is not settled")
    }
    return try .with {
      $0.tradeID = settlement.tradeID.rawValue
      $0.transactionID = settlement.transactionID.rawValue
      $0.reservation = try Self.reservation(outcome)
    }
  }
}
