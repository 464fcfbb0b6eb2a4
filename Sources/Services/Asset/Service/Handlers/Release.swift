import AssetContract
import AssetDomain
import Core
import RPC

extension AssetHandlers {
  /// Ends a reservation; again answers the same.
  func release(
    _ request: AssetV1.ReleaseRequest, context: ServerContext
  ) async throws -> AssetV1.Reservation {
    context.setAuditedUser(request.accountID)
    let release = AdjustReservation(
      orderID: OrderID(rawValue: request.orderID), version: request.version,
      total: try Self.parsed(request.total, "total"), isFinal: true)
    return try Self.reservation(
      try await funds.perform(.adjust(release), for: AccountID(rawValue: request.accountID)))
  }
}
