import AssetContract
import AssetDomain
import Core
import RPC

extension AssetHandlers {
  /// Holds funds for an order; again with the same terms answers the reservation as it stands.
  func reserve(
    _ request: AssetV1.ReserveRequest, context: ServerContext
  ) async throws -> AssetV1.Reservation {
    context.setAuditedUser(request.accountID)
    guard request.giveAsset != request.takeAsset else {
      throw RPCError(
        violations: [
          FieldViolation(
            field: "take_asset", description: "is \(request.takeAsset), as give_asset is",
            reason: "MUST_DIFFER")
        ])
    }
    let amount = try Self.parsed(request.amount, "amount")
    let terms = ReservationTerms(
      giveAsset: AssetID(rawValue: request.giveAsset),
      takeAsset: AssetID(rawValue: request.takeAsset), amount: amount)
    let reserve = Reserve(
      orderID: OrderID(rawValue: request.orderID), terms: try Self.parsed(terms, "amount"))
    return try Self.reservation(
      try await funds.perform(.reserve(reserve), for: AccountID(rawValue: request.accountID)))
  }
}
