import Core
import RPC
import TradingDomain

extension ServerContext {
  /// The account of the user on whose behalf the call is made.
  ///
  /// - Throws: `.unauthenticated` without a user; `.permissionDenied` when the token's subject is
  ///   none that could have an account.
  var accountID: AccountID {
    get throws(RPCError) {
      let id = try userID
      guard let account = AccountID(canonical: id) else {
        throw RPCError(.permissionDenied, .notAnAccount, "the token's subject has no account")
      }
      return account
    }
  }
}
