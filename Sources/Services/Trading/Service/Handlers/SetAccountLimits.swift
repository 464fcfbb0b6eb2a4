import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Gives an account limits of its own, in the place of all that it had.
  func setAccountLimits(
    _ request: TradingV1.SetAccountLimitsRequest, context: ServerContext
  ) async throws -> TradingV1.RiskLimits {
    let account = AccountID(rawValue: request.accountID)
    let told = request.limits ?? .init()
    let own = OwnLimits(
      maxOrderNotional: told.maxOrderNotional, maxPosition: told.maxPosition,
      maxOpenNotional: told.maxOpenNotional, maxWorkingOrders: told.maxWorkingOrders)
    try await ledger.setOwnLimits(own, of: account)
    return TradingV1.RiskLimits(of: account, own: own, service: ledger.defaultLimits)
  }
}
