public import Postgres
public import RPC

/// How a failure of the database looks to the callers of every service; its text stays in the log.
///
/// | reason | status | what it means |
/// |---|---|---|
/// | `OUTCOME_UNKNOWN` | UNKNOWN | the change may have been made: look before repeating it |
/// | `DATABASE_UNAVAILABLE` | UNAVAILABLE | nothing was changed: repeat after the pause |
/// | `DATABASE_TIMEOUT` | UNAVAILABLE | nothing was changed, the database took too long: repeat later |
/// | `DATABASE_CONFLICT` | ABORTED | nothing was changed, others were quicker: repeat at once |
///
/// A method that changes nothing has no unknown outcome: its caller may ask again.
extension PostgresError: RPCErrorConvertible {
  /// The domain of the reasons.
  public static let errorDomain = "service.alphintra.com"
  /// How long to wait for a database that cannot be reached, or has too much to do.
  public static let retryDelay: Duration = .seconds(1)

  /// The error as the caller sees it.
  public var rpcError: RPCError {
    if outcomeUnknown {
      guard ServerContext.current?.method.idempotency != .noSideEffects else { return unavailable }
      return failure(
        .unknown, "OUTCOME_UNKNOWN", "it is not known whether the change was made", [])
    }
    return switch code {
    case .connectionFailed, .connectionLost, .acquireTimeout, .tooManyWaiters, .poolClosed:
      unavailable
    case .serializationFailure, .deadlockDetected, .lockNotAvailable:
      failure(.aborted, "DATABASE_CONFLICT", "others changed the same at the same time", [])
    case .queryCanceled: timeout
    case .cancelled: RPCError(.cancelled, "the call was cancelled", cause: self)
    default: RPCError(.internal, "the service failed", cause: self)
    }
  }

  private var unavailable: RPCError {
    failure(
      .unavailable, "DATABASE_UNAVAILABLE", "the service cannot reach its database",
      [.retryInfo(delay: Self.retryDelay)])
  }

  /// The server gave a statement up, and with it the transaction, so nothing was changed: also if the statement was COMMIT,
  /// which `statement_timeout` does not end, but another session may, and which has undone all when it answers with an error.
  ///
  /// The mesh does not repeat the call: each attempt would cost the database the whole timeout again. Nor does it take the
  /// replica for broken, for the others have the same database.
  private var timeout: RPCError {
    var error = failure(
      .unavailable, "DATABASE_TIMEOUT", "the service's database took too long",
      [.retryInfo(delay: Self.retryDelay)])
    error.pushback = .never
    return error
  }

  private func failure(
    _ code: StatusCode, _ reason: String, _ message: String, _ further: [ErrorDetail]
  ) -> RPCError {
    let info = ErrorDetail.errorInfo(reason: reason, domain: Self.errorDomain, metadata: [:])
    return RPCError(code, message, details: [info] + further, cause: self)
  }
}
