import AssetContract
import AssetDomain
import Core
import RPC

extension AssetHandlers {
  /// Sets what an order may cost; an older version changes nothing and answers the same.
  func adjustReservation(
    _ request: AssetV1.AdjustReservationRequest, context: ServerContext
  ) async throws -> AssetV1.Reservation {
    context.setAuditedUser(request.accountID)
    let adjust = AdjustReservation(
      orderID: OrderID(rawValue: request.orderID), version: request.version,
      total: try Self.parsed(request.total, "total"), isFinal: false)
    return try Self.reservation(
      try await funds.perform(.adjust(adjust), for: AccountID(rawValue: request.accountID)))
  }
}
