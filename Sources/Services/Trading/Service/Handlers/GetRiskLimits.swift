import Core
import Protobuf
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// What the caller's orders are checked against.
  func getRiskLimits(
    _ request: TradingV1.GetRiskLimitsRequest, context: ServerContext
  ) async throws -> TradingV1.RiskLimits {
    try await limits(of: try context.accountID)
  }

  /// What the orders of an account are checked against, for an operator.
  func getAccountLimits(
    _ request: TradingV1.GetAccountLimitsRequest, context: ServerContext
  ) async throws -> TradingV1.RiskLimits {
    try await limits(of: AccountID(rawValue: request.accountID))
  }

  private func limits(of account: AccountID) async throws -> TradingV1.RiskLimits {
    TradingV1.RiskLimits(
      of: account, own: try await ledger.ownLimits(of: account), service: ledger.defaultLimits)
  }
}

extension TradingV1.RiskLimits {
  /// What holds for an account, and which of it are limits of its own.
  init(of account: AccountID, own: OwnLimits, service: RiskLimits) {
    self.init()
    // The table's CHECK admits no negative limit, and neither do the contract's rules.
    let limits = own.completed(by: service) ?? service
    accountID = account.rawValue
    maxOrderNotional = limits.maxOrderNotional
    maxPosition = limits.maxPosition
    maxOpenNotional = limits.maxOpenNotional
    maxWorkingOrders = limits.maxWorkingOrders
    positionLimits = limits.maxPositions.keys.sorted().map { symbol in
      TradingV1.PositionLimit.with {
        $0.symbol = symbol.rawValue
        $0.maxPosition = limits.maxPosition(of: symbol)
      }
    }
    self.own = TradingV1.AccountLimits.with {
      $0.maxOrderNotional = own.maxOrderNotional
      $0.maxPosition = own.maxPosition
      $0.maxOpenNotional = own.maxOpenNotional
      $0.maxWorkingOrders = own.maxWorkingOrders
    }
  }
}
