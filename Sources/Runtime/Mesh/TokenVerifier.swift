public import RPC

/// Verifies the access token of an end user.
public protocol TokenVerifier: Sendable {
  /// The user of a token verified before and valid still, without waiting; `nil` if it must be
  /// verified.
  func verifiedUser(of token: String) -> UserIdentity?

  /// Verifies a token.
  func verify(_ token: String) async throws(TokenError) -> UserIdentity
}

/// Why an access token was not accepted.
public enum TokenError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A rule that a token breaks.
  public enum Rule: String, Sendable, Hashable {
    /// Longer than any token of ours.
    case size = "SIZE"
    /// Not a JWT, or a claim is missing or of the wrong type.
    case form = "FORM"
    /// Signed by another algorithm than RS256, or by none.
    case algorithm = "ALGORITHM"
    /// Not an access token, or with critical extensions.
    case type = "TYPE"
    /// Signed by a key that the issuer does not publish.
    case key = "KEY"
    /// The signature is not the key's.
    case signature = "SIGNATURE"
    /// From another issuer.
    case issuer = "ISSUER"
    /// For another audience.
    case audience = "AUDIENCE"
    /// The session that it was made in has ended.
    case session = "SESSION"
    /// Not valid yet.
    case notBefore = "NOT_BEFORE"
  }

  /// The token was good and has ended, at this time in seconds since 1970.
  case expired(at: Int64)
  /// The token is not one of ours.
  case invalid(Rule)
  /// The keys to verify it with cannot be had at the moment; the text is for the operator.
  case keysUnavailable(String)

  /// What is wrong, without the token.
  public var description: String {
    switch self {
    case .expired(let time): "the token expired at \(time)"
    case .invalid(let rule): "the token breaks the rule \(rule.rawValue)"
    case .keysUnavailable(let reason): "the keys that verify tokens are not available: \(reason)"
    }
  }
}
