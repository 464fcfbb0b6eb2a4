import Core
import Postgres
import RPC

/// A call with an idempotency key, as the table `idempotency` has it.
struct IdempotentCall: Sendable {
  /// The right to run the handler.
  struct Claim: Sendable, Hashable {
    /// Whose right it is: an answer is only taken from who has it.
    let token: String
    /// The same for every run of the call.
    let operationID: String
  }

  /// How a call stands.
  enum Standing: Sendable {
    /// It is to be run now.
    case claimed(Claim)
    /// It was answered so.
    case answered(Result<[UInt8], RPCError>)
    /// Somebody runs it.
    case inFlight
    /// The key names another request.
    case reused
    /// Somebody ran it and has gone.
    case lost
  }

  /// How many calls that are over for good are removed when one is begun: more than one, so that they go faster
  /// than they come.
  private static let removals = 4
  /// How often a call is looked for that goes away just then.
  private static let attempts = 3

  let actor: String
  let method: String
  let key: String
  /// Whether the handler may run again for the same operation.
  let isRerunnable: Bool

  /// Claims the call, or tells how it stands.
  func begin(
    _ request: [UInt8], lease: Duration, retention: Duration, in database: PostgresPool
  ) async throws(PostgresError) -> Standing {
    for _ in 0..<Self.attempts {
      if let claim = try await claim(request, lease, retention, in: database) {
        return .claimed(claim)
      }
      if let standing = try await standing(request, in: database) { return standing }
    }
    return .inFlight
  }

  private func claim(
    _ request: [UInt8], _ lease: Duration, _ retention: Duration, in database: PostgresPool
  ) async throws(PostgresError) -> Claim? {
    let token = UUIDv7.make(now: SystemClock().now).description
    let operationID = UUIDv7.make(now: SystemClock().now).description
    let leaseMilliseconds = Self.milliseconds(lease)
    let retentionMilliseconds = Self.milliseconds(retention)
    let rows = try await database.query(
      """
      -- name: claim_idempotent_call
      WITH removed AS (
        DELETE FROM idempotency WHERE ctid IN (
          SELECT ctid FROM idempotency
          WHERE expires_at <= now()
            AND (actor, method, key) <> (\(actor), \(method), \(key))
          ORDER BY expires_at LIMIT \(Self.removals) FOR UPDATE SKIP LOCKED)
      )
      INSERT INTO idempotency AS held (
        actor, method, key, request_hash, operation_id, claim, claimed_until, expires_at)
      VALUES (
        \(actor), \(method), \(key), sha256(\(request)), \(operationID), \(token),
        now() + \(leaseMilliseconds) * interval '1 millisecond',
        now() + \(retentionMilliseconds) * interval '1 millisecond')
      ON CONFLICT ON CONSTRAINT idempotency_pkey DO UPDATE SET
        request_hash = EXCLUDED.request_hash,
        operation_id = CASE
          WHEN held.expires_at <= now() THEN EXCLUDED.operation_id ELSE held.operation_id END,
        claim = EXCLUDED.claim, claimed_until = EXCLUDED.claimed_until,
        code = NULL, message = '', body = NULL, expires_at = EXCLUDED.expires_at
      WHERE held.expires_at <= now()
        OR (\(isRerunnable) AND held.code IS NULL AND held.claimed_until <= now()
          AND held.request_hash = EXCLUDED.request_hash)
      RETURNING operation_id
      """)
    guard let row = try rows.oneOrNone() else { return nil }
    return Claim(token: token, operationID: try row.decode(String.self, "operation_id"))
  }

  private func standing(
    _ request: [UInt8], in database: PostgresPool
  ) async throws(PostgresError) -> Standing? {
    let rows = try await database.query(
      """
      -- name: idempotent_call
      SELECT request_hash = sha256(\(request)) AS is_same, claimed_until <= now() AS is_over,
        code, message, body
      FROM idempotency WHERE actor = \(actor) AND method = \(method) AND key = \(key)
      """)
    guard let row = try rows.oneOrNone() else { return nil }
    guard try row.decode(Bool.self, "is_same") else { return .reused }
    guard let code = try row.decode(Int32?.self, "code"),
      let body = try row.decode([UInt8]?.self, "body")
    else {
      // One that may run again has been claimed by another just now, or will be by the next attempt.
      guard try row.decode(Bool.self, "is_over") else { return .inFlight }
      return isRerunnable ? nil : .lost
    }
    guard let code = StatusCode(rawValue: Int(code)), code != .ok else {
      return .answered(.success(body))
    }
    return .answered(
      .failure(
        RPCError(
          code, try row.decode(String.self, "message"), details: StatusDetails.decode(body))))
  }

  /// Writes the answer down, or lets the call be run again where the answer is none.
  func settle(
    _ claim: Claim, _ answer: Result<[UInt8], RPCError>, in database: PostgresPool
  ) async throws(PostgresError) {
    switch answer {
    case .success(let body): try await write(claim, .ok, "", body, in: database)
    case .failure(let error):
      guard isAnswer(error) else { return try await release(claim, in: database) }
      try await write(
        claim, error.code, error.message, StatusDetails.encode(error), in: database)
    }
  }

  private func write(
    _ claim: Claim, _ code: StatusCode, _ message: String, _ body: [UInt8],
    in database: PostgresPool
  ) async throws(PostgresError) {
    try await database.execute(
      """
      -- name: answer_idempotent_call
      UPDATE idempotency SET code = \(Int32(code.rawValue)), message = \(message), body = \(body)
      WHERE actor = \(actor) AND method = \(method) AND key = \(key) AND claim = \(claim.token)
      """)
  }

  private func release(_ claim: Claim, in database: PostgresPool) async throws(PostgresError) {
    guard isRerunnable else {
      try await database.execute(
        """
        -- name: forget_idempotent_call
        DELETE FROM idempotency
        WHERE actor = \(actor) AND method = \(method) AND key = \(key) AND claim = \(claim.token)
        """)
      return
    }
    // It stays the same operation.
    try await database.execute(
      """
      -- name: release_idempotent_call
      UPDATE idempotency SET claimed_until = now()
      WHERE actor = \(actor) AND method = \(method) AND key = \(key) AND claim = \(claim.token)
      """)
  }

  /// Whether an error is the call's answer for good, and not one to be tried again under the same key: because
  /// nothing was done, or, of a method that may run again, because it does not matter.
  private func isAnswer(_ error: RPCError) -> Bool {
    switch error.code {
    case .aborted, .resourceExhausted: false
    case .unavailable: !isRerunnable && error.errorInfo?.domain != PostgresError.errorDomain
    case .unknown, .deadlineExceeded, .cancelled: !isRerunnable
    default: true
    }
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
