internal import RPC

/// The access token in a call's metadata (RFC 6750 section 2.1).
enum BearerToken {
  /// The one bearer token among the metadata.
  ///
  /// Two `authorization` values are refused, even equal ones: the reader behind us might choose the
  /// other.
  static func only(in metadata: Metadata) throws(RPCError) -> String {
    var found: String?
    for element in metadata.elements where element.name == CallHead.authorizationName {
      guard found == nil, case .text(let text) = element.value else {
        throw AccessDenial.tokenMalformed.rpcError
      }
      found = text
    }
    guard let found else { throw AccessDenial.tokenMissing.rpcError }
    let parts = found.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty,
      parts[1].utf8.allSatisfy(isTokenCharacter)
    else { throw AccessDenial.tokenMalformed.rpcError }
    return String(parts[1])
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
      UInt8(ascii: "="):
      true
    default: false
    }
  }
}
