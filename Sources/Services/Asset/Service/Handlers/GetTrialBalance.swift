import AssetContract
import Core
import Protobuf
import RPC

extension AssetHandlers {
  /// What the whole ledger adds up to.
  func getTrialBalance(
    _ request: AssetV1.GetTrialBalanceRequest, context: ServerContext
  ) async throws -> AssetV1.TrialBalance {
    let balance = try await funds.trialBalance()
    return .with {
      $0.lines = balance.lines.map { line in
        .with {
          $0.asset = line.asset.rawValue
          $0.ledgerAccount = AssetV1.LedgerAccountKind(line.ledgerAccount)
          $0.balance = line.balance
        }
      }
      $0.balanced = balance.isBalanced
      $0.walletDifferences = balance.walletDifferences
      $0.reservationDifferences = balance.reservationDifferences
    }
  }
}
