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
      guard id.isCanonicalUUID else {
        throw RPCError(.permissionDenied, .notAnAccount, "the token's subject has no account")
      }
      return AccountID(rawValue: id)
    }
  }
}

extension OrderID {
  /// Reads an id from outside; nil for one that no order has.
  init?(canonical text: String) {
    guard text.isCanonicalUUID else { return nil }
    self.init(rawValue: text)
  }
}

extension String {
  /// Whether the text is a UUID as this service writes them: 36 characters, lower case.
  var isCanonicalUUID: Bool {
    guard utf8.count == 36 else { return false }
    return utf8.enumerated().allSatisfy { index, byte in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default:
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
    }
  }
}
