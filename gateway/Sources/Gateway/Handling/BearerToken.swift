/// The access token in an `Authorization` header (RFC 6750 section 2.1).
enum BearerToken {
  /// Reads the header's value.
  ///
  /// - Throws: a problem with status 401 that says what is wrong, without the value.
  static func parse(_ value: String) throws(Problem) -> String {
    let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw .tokenMalformed("the Authorization header has the form \"Bearer <access token>\"")
    }
    let token = parts[1].drop { $0 == " " }
    guard isWellFormed(token) else {
      throw .tokenMalformed("the access token holds characters that no token has")
    }
    return String(token)
  }

  /// Whether a text has the form of `b64token`.
  static func isWellFormed(_ token: some StringProtocol) -> Bool {
    !token.isEmpty
      && token.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-._~+/=".utf8.contains(byte)
        }
      }
  }
}
