import AssetContract
import AssetDomain
import Core
import Events
import RPC
import ServiceKit

/// The service's RPCs; each has a file of its own.
struct AssetHandlers: AssetV1.AssetService {
  let funds: FundsStore
  let walletEvents: EventBroadcast<AssetV1.WalletEvent>
  /// The assets that deposits may be of; none stands for all.
  let listed: Set<AssetID>
}

extension AssetHandlers {
  /// Reads what the contract has checked the form of.
  ///
  /// - Throws: INVALID_ARGUMENT, should the contract's rule and the domain's differ.
  static func parsed<Value>(_ value: Value?, _ field: String) throws(RPCError) -> Value {
    guard let value else {
      throw RPCError(
        violations: [
          FieldViolation(field: field, description: "is missing or malformed", reason: "MALFORMED")
        ])
    }
    return value
  }

  /// The reservation that an operation on one leaves.
  static func reservation(_ outcome: FundsOutcome) throws(RPCError) -> AssetV1.Reservation {
    guard let reservation = outcome.reservation else {
      throw RPCError(.internal, "an operation on a reservation left none")
    }
    return AssetV1.Reservation(reservation)
  }
}
