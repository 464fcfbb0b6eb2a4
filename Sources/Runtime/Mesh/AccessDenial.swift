public import RPC

/// Why a call was refused before its handler ran; the reasons are part of the contract.
///
/// | reason | status | what would help |
/// |---|---|---|
/// | `NO_CLIENT_CERTIFICATE` | UNAUTHENTICATED | a certificate of the mesh |
/// | `CALLER_NOT_ALLOWED` | PERMISSION_DENIED | nothing: the rule does not name this service |
/// | `TOKEN_MISSING` | UNAUTHENTICATED | an access token |
/// | `TOKEN_EXPIRED` | UNAUTHENTICATED | a new access token |
/// | `TOKEN_INVALID` | UNAUTHENTICATED | an access token of our issuer |
/// | `ROLE_REQUIRED` | PERMISSION_DENIED | one of the roles |
/// | `ASSURANCE_REQUIRED` | UNAUTHENTICATED | a token issued after the factors that `acr_values` names |
/// | `SCOPE_REQUIRED` | PERMISSION_DENIED | a token with all of the scopes |
/// | `TOKEN_KEYS_UNAVAILABLE` | UNAVAILABLE | a later attempt |
public enum AccessDenial: RPCErrorConvertible, Hashable {
  /// The rule admits services only and the peer proved no identity.
  case noClientCertificate
  /// The peer is not among the services that the rule admits.
  case callerNotAllowed(String, method: String)
  /// The rule wants a user and the call carries no token.
  case tokenMissing
  /// The `authorization` metadata is not one bearer token.
  case tokenMalformed
  /// The token was not accepted.
  case token(TokenError)
  /// The user holds none of the roles.
  case roleRequired(oneOf: [String])
  /// The user was recognized less surely than the rule wants when the token was issued.
  case assuranceRequired(Assurance)
  /// The token does not grant all of the scopes.
  case scopesRequired([String])

  /// The reason of ``assuranceRequired(_:)``, whose metadata `acr_values` names the level.
  public static let assuranceReason = "ASSURANCE_REQUIRED"
  /// The reason of ``scopesRequired(_:)``, whose metadata `scope` names the scopes with spaces between.
  public static let scopeReason = "SCOPE_REQUIRED"

  /// The error as the caller sees it.
  public var rpcError: RPCError {
    switch self {
    case .noClientCertificate:
      denial(.unauthenticated, "NO_CLIENT_CERTIFICATE", "this method needs a client certificate")
    case .callerNotAllowed(let caller, let method):
      denial(
        .permissionDenied, "CALLER_NOT_ALLOWED", "\(caller) may not call \(method)",
        ["caller": caller, "method": method])
    case .tokenMissing:
      denial(.unauthenticated, "TOKEN_MISSING", "this method needs a user's access token")
    case .tokenMalformed:
      denial(
        .unauthenticated, "TOKEN_INVALID", "authorization must be one bearer token",
        ["rule": TokenError.Rule.form.rawValue])
    case .token(.expired(let time)):
      denial(
        .unauthenticated, "TOKEN_EXPIRED", "the access token has expired",
        ["expired_at": String(time)])
    case .token(.invalid(let rule)):
      denial(
        .unauthenticated, "TOKEN_INVALID", "the access token is not valid",
        ["rule": rule.rawValue])
    case .token(let error):
      denial(
        .unavailable, "TOKEN_KEYS_UNAVAILABLE", "access tokens cannot be verified at the moment",
        cause: error)
    case .roleRequired(let roles):
      denial(
        .permissionDenied, "ROLE_REQUIRED", "this method needs one of the roles \(roles)",
        ["roles": roles.joined(separator: ",")])
    case .assuranceRequired(let assurance):
      // A proof is missing, so this is no PERMISSION_DENIED (RFC 9470 section 3).
      denial(
        .unauthenticated, Self.assuranceReason,
        "this method needs a token of a log-in with \(assurance.words)",
        ["acr_values": assurance.acr])
    case .scopesRequired(let scopes):
      denial(
        .permissionDenied, Self.scopeReason,
        "this method needs an access token with the scopes \(scopes.joined(separator: " "))",
        ["scope": scopes.joined(separator: " ")])
    }
  }

  private func denial(
    _ code: StatusCode, _ reason: String, _ message: String, _ metadata: [String: String] = [:],
    cause: (any Error)? = nil
  ) -> RPCError {
    RPCError(
      code, message,
      details: [
        .errorInfo(reason: reason, domain: AccessGuard.errorDomain, metadata: metadata)
      ], cause: cause)
  }
}

extension Assurance {
  /// What a log-in of this level takes.
  fileprivate var words: String {
    switch self {
    case .singleFactor: "one factor"
    case .multiFactor: "two factors"
    }
  }
}
