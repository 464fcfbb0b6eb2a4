import AssetDomain
import Core
import RPC

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

extension Identifier {
  /// Reads an id from outside; nil unless it is a UUID as services write them: 36 characters, lower case.
  init?(canonical text: String) {
    guard text.utf8.count == 36 else { return nil }
    let isCanonical = text.utf8.enumerated().allSatisfy { index, byte in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default:
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
    }
    guard isCanonical else { return nil }
    self.init(rawValue: text)
  }
}
