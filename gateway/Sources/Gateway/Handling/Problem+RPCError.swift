internal import Mesh
internal import RPC
internal import RPCTransport
internal import Transcoding

extension Problem {
  /// The HTTP status of a gRPC code, as grpc-gateway maps it.
  static func status(of code: StatusCode) -> Int {
    switch code {
    case .ok: 200
    case .cancelled: 499
    case .unknown: 500
    case .invalidArgument: 400
    case .deadlineExceeded: 504
    case .notFound: 404
    case .alreadyExists: 409
    case .permissionDenied: 403
    case .unauthenticated: 401
    case .resourceExhausted: 429
    // Deliberately not 412, which is about the headers of a conditional request.
    case .failedPrecondition: 400
    case .aborted: 409
    case .outOfRange: 400
    case .unimplemented: 501
    case .internal: 500
    case .unavailable: 503
    case .dataLoss: 500
    }
  }

  /// After how many seconds a request that found its service unavailable may be repeated, where the
  /// service does not say.
  static let defaultRetryAfterSeconds = 1

  /// The problem that an RPC's error is to the client.
  ///
  /// - Parameters:
  ///   - error: The error of the RPC.
  ///   - method: The RPC. Its idempotency decides what an answer that never came can mean.
  ///   - lookup: How the client learns what became of a request whose effect is unknown, such as
  ///     `GET /api/orders`; nil where no route tells.
  ///   - isKeyed: Whether the request had an idempotency key.
  init(
    _ error: RPCError, of method: MethodDescriptor, lookup: String? = nil, isKeyed: Bool = false
  ) {
    self.init(describing: error)
    // Where no token was asked for, none can be wrong.
    if code == .unauthenticated, case .none = method.access.user {
      headers = [Self.challenge(nil)]
    }
    if error.cause is ServiceNotReached || error.cause is CallNotProcessed {
      effect = .unchanged
    } else {
      describeEffect(of: method, lookup: lookup, isKeyed: isKeyed)
    }
  }

  /// The problem of a request that was refused before its RPC was made.
  init(refusal error: RPCError) {
    self.init(describing: error)
    if error.code == .unavailable || error.code == .deadlineExceeded { effect = .unchanged }
  }

  private init(describing error: RPCError) {
    self.init(
      Self.status(of: error.code), error.code, reason: error.errorInfo?.reason ?? error.code.name,
      error.message)
    // The draft's status for a key that names another request (draft-ietf-httpapi-idempotency-key-header section 2.7).
    if reason == IdempotencyKey.reusedReason { status = 422 }
    metadata = (error.errorInfo?.metadata ?? [:]).sorted { $0.key < $1.key }.map { ($0, $1) }
    for detail in error.details {
      switch detail {
      case .badRequest(let violations):
        errors += violations.map { violation in
          FieldError(
            field: JSONFieldPath.of(violation.field), reason: violation.reason,
            description: violation.description)
        }
      case .retryInfo(let delay):
        retryAfterSeconds =
          Int(delay.components.seconds) + (delay.components.attoseconds > 0 ? 1 : 0)
      case .errorInfo, .other: break
      }
    }
    if error.code == .unavailable {
      retryAfterSeconds = retryAfterSeconds ?? Self.defaultRetryAfterSeconds
    }
    if let challenge = Self.challenge(for: error) { headers = [challenge] }
  }

  /// What the client is asked to bring where a token is not enough: another one, one with more scopes
  /// (RFC 6750 section 3.1), or one of a log-in with more factors (RFC 9470 section 3).
  private static func challenge(for error: RPCError) -> (name: String, value: String)? {
    switch (error.code, error.errorInfo?.reason, error.errorInfo?.domain) {
    case (.permissionDenied, AccessDenial.scopeReason, AccessGuard.errorDomain):
      challenge(
        error.message, error: "insufficient_scope",
        ("scope", error.errorInfo?.metadata["scope"] ?? ""))
    case (.unauthenticated, AccessDenial.assuranceReason, AccessGuard.errorDomain):
      challenge(
        error.message, error: "insufficient_user_authentication",
        ("acr_values", error.errorInfo?.metadata["acr_values"] ?? ""))
    case (.unauthenticated, _, _): challenge(error.message)
    default: nil
    }
  }

  /// Why the user's token is not enough (RFC 6750 section 3).
  static func challenge(
    _ description: String?, error: String = "invalid_token",
    _ more: (name: String, value: String)...
  ) -> (name: String, value: String) {
    guard let description else { return ("www-authenticate", #"Bearer realm="alphintra""#) }
    let attributes = [("error", error), ("error_description", description)] + more
    let text = attributes.map { #", \#($0)="\#(quotable($1))""# }.joined()
    return ("www-authenticate", #"Bearer realm="alphintra"\#(text)"#)
  }

  /// The attributes take neither quotes nor backslashes nor anything outside ASCII.
  private static func quotable(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar in
        scalar.isASCII && scalar.value >= 0x20 && scalar != "\"" && scalar != "\\"
          ? Character(scalar) : "'"
      })
  }

  /// Says what an answer that never came means: never that the request failed.
  ///
  /// INTERNAL and DATA_LOSS are among them: so ends a call whose connection broke the protocol.
  private mutating func describeEffect(
    of method: MethodDescriptor, lookup: String?, isKeyed: Bool
  ) {
    switch code {
    case .deadlineExceeded, .unavailable, .cancelled, .unknown, .internal, .dataLoss: break
    default: return
    }
    switch method.idempotency {
    case .noSideEffects:
      effect = .unchanged
    case .idempotent:
      effect = .unknown
      detail +=
        ". Whether the request took effect is unknown; repeat it unchanged, it takes effect once"
    case .unknown where isKeyed && reason != IdempotencyKey.lostReason:
      effect = .unknown
      detail +=
        ". Whether the request took effect is unknown; repeat it with the same Idempotency-Key, it takes effect once"
    case .unknown:
      effect = .unknown
      let remedy = lookup.map { "look with \($0) before repeating it" }
      detail +=
        ". Whether the request took effect is unknown; "
        + (remedy ?? "ask with the correlation id before repeating it")
    }
  }
}

/// The field paths of violations in JSON names.
enum JSONFieldPath {
  /// Turns `legs[2].limit_price` into `legs[2].limitPrice`.
  static func of(_ protoPath: String) -> String {
    FieldName.json(protoPath)
  }
}
