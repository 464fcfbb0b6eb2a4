public import Argon2
public import AuthDomain
internal import Core
public import RPC

/// How what this service refuses looks to its callers; the reasons are part of the contract.
///
/// | reason | status | what would help |
/// |---|---|---|
/// | `INVALID_REGISTRATION` | INVALID_ARGUMENT | other values in the fields that `BadRequest` names |
/// | `EMAIL_TAKEN` | ALREADY_EXISTS | another address, or to log in |
/// | `WRONG_CREDENTIALS` | UNAUTHENTICATED | the right address and password |
/// | `TOO_MANY_ATTEMPTS` | RESOURCE_EXHAUSTED | the pause that `RetryInfo` names |
/// | `PASSWORDS_OVERLOADED` | RESOURCE_EXHAUSTED | the pause that `RetryInfo` names |
/// | `REFRESH_TOKEN_INVALID` | UNAUTHENTICATED | to log in again |
/// | `REFRESH_TOKEN_JUST_EXCHANGED` | ABORTED | the token that the other call was answered |
/// | `SESSION_NOT_FOUND` | NOT_FOUND | another id: the caller has no such session |
/// | `INVALID_PAGE` | INVALID_ARGUMENT | the `next_page_token` of a page of the same list |
/// | `USER_NOT_FOUND` | NOT_FOUND | nothing: the token's user is not registered here |
/// | `STOPPING` | UNAVAILABLE | to open the stream again: another replica answers |
enum AuthErrors {
  /// The domain of the reasons.
  static let domain = "auth.alphintra.com"
  /// How long to wait when too many passwords are being hashed: what the queue takes at most.
  static let overloadRetryDelay: Duration = .seconds(1)

  static func error(
    _ code: StatusCode, _ reason: String, _ message: String, _ further: [ErrorDetail] = [],
    cause: (any Error)? = nil
  ) -> RPCError {
    RPCError(
      code, message,
      details: [.errorInfo(reason: reason, domain: domain, metadata: [:])] + further, cause: cause)
  }

  /// A page is asked for that does not follow another.
  static func invalidPage(_ violations: [FieldViolation]) -> RPCError {
    error(
      .invalidArgument, "INVALID_PAGE", "the page does not follow another",
      [.badRequest(violations)])
  }

  /// The session is none of the caller's.
  static let sessionNotFound = error(
    .notFound, "SESSION_NOT_FOUND", "the user has no such session")
  /// A stream ends because the service does.
  static let stopping = error(
    .unavailable, "STOPPING", "the service is stopping: open the stream again",
    cause: ServerStops())
  /// The token is good and its user unknown.
  static let userNotFound = error(.notFound, "USER_NOT_FOUND", "the user is not registered here")
}

extension RefreshRejection: RPCErrorConvertible {
  /// Tells only who did nothing wrong what happened: for all others a log-in helps, whatever it was.
  public var rpcError: RPCError {
    switch self {
    case .unknownToken, .sessionEnded, .sessionExpired, .replayed:
      AuthErrors.error(
        .unauthenticated, "REFRESH_TOKEN_INVALID", "the refresh token is not good any more: log in")
    case .exchangedJustNow:
      AuthErrors.error(
        .aborted, "REFRESH_TOKEN_JUST_EXCHANGED",
        "the refresh token was exchanged a moment ago, by another call: use what that was answered")
    }
  }
}

extension RegisterRejection: RPCErrorConvertible {
  /// Every wrong field at once, or the address that is taken.
  public var rpcError: RPCError {
    switch self {
    case .invalid(let email, let password, let displayName):
      let violations = [
        email.map { FieldViolation(field: "email", description: "\($0)", reason: $0.reason) },
        password.map { FieldViolation(field: "password", description: "\($0)", reason: $0.reason) },
        displayName.map {
          FieldViolation(field: "display_name", description: "\($0)", reason: $0.reason)
        },
      ].compactMap(\.self)
      let fields = violations.map(\.field).joined(separator: ", ")
      return AuthErrors.error(
        .invalidArgument, "INVALID_REGISTRATION", "these fields are not valid: \(fields)",
        [.badRequest(violations)])
    case .emailTaken:
      return AuthErrors.error(
        .alreadyExists, "EMAIL_TAKEN", "a user with this address is registered already",
        [
          .badRequest([
            FieldViolation(
              field: "email", description: "the address is registered already", reason: "TAKEN")
          ])
        ])
    }
  }
}

extension LogInRejection: RPCErrorConvertible {
  /// Never tells which of address and password was wrong.
  public var rpcError: RPCError {
    switch self {
    case .wrongCredentials:
      AuthErrors.error(
        .unauthenticated, "WRONG_CREDENTIALS", "the address or the password is wrong")
    }
  }
}

extension TooManyLogIns: RPCErrorConvertible {
  /// Says when the next attempt may be made, and nothing of whether the address is anybody's.
  public var rpcError: RPCError {
    AuthErrors.error(
      .resourceExhausted, "TOO_MANY_ATTEMPTS", "too many wrong passwords for this address",
      [.retryInfo(delay: retryAfter)])
  }
}

extension Argon2Error: RPCErrorConvertible {
  /// An overload says when to come back; what the library refused is our own mistake.
  public var rpcError: RPCError {
    switch self {
    case .overloaded:
      AuthErrors.error(
        .resourceExhausted, "PASSWORDS_OVERLOADED", "too many passwords are being checked",
        [.retryInfo(delay: AuthErrors.overloadRetryDelay)], cause: self)
    case .outOfMemory:
      AuthErrors.error(
        .unavailable, "PASSWORDS_OVERLOADED", "passwords cannot be checked at the moment",
        [.retryInfo(delay: AuthErrors.overloadRetryDelay)], cause: self)
    case .cancelled: RPCError(.cancelled, "the call was cancelled", cause: self)
    case .invalidArgument: RPCError(.internal, "the service failed", cause: self)
    }
  }
}

extension EmailAddressError {
  fileprivate var reason: String {
    switch self {
    case .missing: "MISSING"
    case .tooLong: "TOO_LONG"
    case .noAtSign, .invalidLocalPart, .invalidDomain: "INVALID"
    }
  }
}

extension NewPasswordError {
  fileprivate var reason: String {
    switch self {
    case .tooShort: "TOO_SHORT"
    case .tooLong: "TOO_LONG"
    case .controlCharacter: "INVALID"
    case .sameAsAddress: "SAME_AS_EMAIL"
    case .predictable: "PREDICTABLE"
    }
  }
}

extension DisplayNameError {
  fileprivate var reason: String {
    switch self {
    case .missing: "MISSING"
    case .tooLong: "TOO_LONG"
    case .invisibleCharacter: "INVALID"
    }
  }
}
