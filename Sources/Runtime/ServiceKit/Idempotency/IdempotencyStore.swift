public import Logging
public import Postgres
public import RPC

/// Remembers what a service answered to calls that came with an idempotency key, in its own schema: replays hold
/// across its replicas, across every gateway, and across the end of any of them.
///
/// A call is written down before its handler runs, and its answer after; both are statements of their own. If the
/// process ends in between, the effect may be there without the answer. A method whose handler names what it does
/// by ``ServerContext/operationID`` is then simply run again: it finds what it did. Of any other the caller is told
/// that the outcome is unknown, and the handler never runs a second time.
public struct IdempotencyStore: CallReplay {
  /// How long answers are kept, from the beginning of the call: a day, and an hour for calls that last and clients
  /// that count from the answer.
  public static let retention: Duration = .seconds(25 * 3600)

  /// How long a call without a deadline may be worked on before it is given up.
  static let defaultLease: Duration = .seconds(300)

  /// How much longer than its deadline a call is taken to be worked on.
  static let leaseMargin: Duration = .seconds(5)

  private let database: PostgresPool
  private let rerunnable: Set<String>
  private let logger: Logger

  /// Remembers in a schema that has the migration ``Migration/idempotency(version:)``.
  ///
  /// - Parameter rerunnable: The methods whose handlers may run again for one operation: they name what they do by
  ///   its id, or the request does, and find it.
  public init(_ database: PostgresPool, rerunnable: [MethodDescriptor] = [], logger: Logger) {
    self.database = database
    self.rerunnable = Set(rerunnable.map(\.path))
    self.logger = logger
  }

  /// Stands before the unary methods that change something for a user.
  public func replays(_ method: MethodDescriptor) -> Bool {
    guard case .required = method.access.user else { return false }
    return method.kind == .unary && method.idempotency != .noSideEffects
  }

  /// Answers as the key's first call was answered, or makes this the first.
  public func answer(
    key: String, request: [UInt8], context: ServerContext,
    run: @Sendable (ServerContext) async throws -> [UInt8]
  ) async throws -> [UInt8] {
    guard IdempotencyKey.isValid(key) else {
      throw failure(
        .invalidArgument, IdempotencyKey.invalidReason,
        "an idempotency key \(IdempotencyKey.rule), got \(key.utf8.count)")
    }
    let call = IdempotentCall(
      actor: try context.userID, method: context.method.path, key: key,
      isRerunnable: rerunnable.contains(context.method.path))
    let lease = context.deadline.map { ContinuousClock.now.duration(to: $0) + Self.leaseMargin }
    switch try await call.begin(
      request, lease: lease ?? Self.defaultLease, retention: Self.retention, in: database)
    {
    case .claimed(let claim): return try await self.run(call, claim, context, run)
    case .answered(let answer): return try answer.get()
    case .inFlight:
      throw failure(
        .aborted, IdempotencyKey.inFlightReason,
        "the request with this idempotency key is being worked on",
        [.retryInfo(delay: .seconds(1))])
    case .reused:
      throw failure(
        .invalidArgument, IdempotencyKey.reusedReason,
        "the idempotency key was sent with another request before: a new request has a new key")
    case .lost:
      throw failure(
        .unknown, IdempotencyKey.lostReason,
        "the request with this idempotency key was begun and its answer lost: look whether it took "
          + "effect; under another key it is a new one")
    }
  }

  private func run(
    _ call: IdempotentCall, _ claim: IdempotentCall.Claim, _ context: ServerContext,
    _ run: @Sendable (ServerContext) async throws -> [UInt8]
  ) async throws -> [UInt8] {
    do {
      let response = try await run(context.performing(claim.operationID))
      await settle(call, claim, .success(response))
      return response
    } catch {
      let error = RPCError(reporting: error)
      await settle(call, claim, .failure(error))
      throw error
    }
  }

  /// Writes the answer down, also when nobody waits for it any more.
  private func settle(
    _ call: IdempotentCall, _ claim: IdempotentCall.Claim, _ answer: Result<[UInt8], RPCError>
  ) async {
    let (database, logger) = (database, logger)
    // A task of its own: the call's may have been cancelled.
    await Task {
      do throws(PostgresError) {
        try await call.settle(claim, answer, in: database)
      } catch {
        // The claim ends by itself; what comes then depends on whether the handler may run again.
        logger.error(
          "the answer to a call with an idempotency key was not written down",
          metadata: ["rpc": "\(call.method)", "cause": "\(error)"])
      }
    }.value
  }

  private func failure(
    _ code: StatusCode, _ reason: String, _ message: String, _ more: [ErrorDetail] = []
  ) -> RPCError {
    let info = ErrorDetail.errorInfo(
      reason: reason, domain: IdempotencyKey.errorDomain, metadata: [:])
    return RPCError(code, message, details: [info] + more)
  }
}
