import AssetContract
import AssetDomain
import Core
import RPC

extension AssetHandlers {
  /// Credits an account; again under the same reference answers the same deposit.
  func createDeposit(
    _ request: AssetV1.CreateDepositRequest, context: ServerContext
  ) async throws -> AssetV1.Deposit {
    let asset = AssetID(rawValue: request.asset)
    guard listed.contains(asset) else {
      let known = listed.sorted().map(\.rawValue).joined(separator: ", ")
      throw RPCError(
        violations: [
          FieldViolation(
            field: "asset", description: "\(asset) cannot be deposited, only \(known)",
            reason: "UNKNOWN")
        ])
    }
    let money = Money(asset: asset, amount: try Self.parsed(request.amount, "amount"))
    let create = CreateDeposit(
      money: money, reference: request.reference,
      operatorID: UserID(rawValue: try context.userID))
    let outcome = try await funds.perform(
      .deposit(try Self.parsed(create, "amount")), for: AccountID(rawValue: request.accountID))
    guard let deposit = outcome.deposit else {
      throw RPCError(.internal, "an account was credited and there is no deposit")
    }
    return AssetV1.Deposit(deposit)
  }
}
