internal import AuthDomain
internal import Core
internal import Postgres

/// The sessions and refresh tokens of this service's schema.
///
/// Whoever changes sessions of a user has locked the user's row before: so two changes never wait for each
/// other in a circle, and a user's events keep their order.
struct SessionStore: Sendable {
  /// How long a session that has ended is kept: its tokens are recognized, and access tokens of it have expired.
  static let retention: Duration = .seconds(86_400)
  /// The most ended sessions that verifiers are told of, the latest first.
  static let maximumEnded = 10_000

  /// A session, and the generation of the token that it was found by.
  struct Found: Sendable {
    let session: Session
    let generation: Int64
  }

  /// A session that ended before its time.
  struct Ended: Hashable, Sendable {
    let id: SessionID
    /// When its latest access token was made.
    let lastUsedAt: Instant
  }

  let database: PostgresPool

  /// Stores a session that begins, with its first token.
  func add(_ session: Session, _ token: RefreshToken, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: session_add
      INSERT INTO sessions (session_id, user_id, created_at, last_used_at, expires_at, generation)
      VALUES (\(session.id), \(session.userID), \(session.createdAt), \(session.lastUsedAt),
        \(session.expiresAt), \(session.generation))
      """)
    addToken(token, of: session, in: transaction)
  }

  /// The owner of a token's session.
  nonisolated(nonsending) func owner(
    of token: RefreshToken, in transaction: PostgresTransaction
  ) async throws -> UserID? {
    try await transaction.query(
      """
      -- name: session_owner
      SELECT user_id FROM refresh_tokens JOIN sessions USING (session_id)
      WHERE token_hash = \(token.hash)
      """
    ).oneOrNone().map { UserID(rawValue: try $0.decode(String.self, "user_id")) }
  }

  /// The session of a token; the user's row is locked.
  nonisolated(nonsending) func find(
    _ token: RefreshToken, in transaction: PostgresTransaction
  ) async throws -> Found? {
    try await transaction.query(
      """
      -- name: session_by_token
      SELECT s.*, t.generation AS token_generation
      FROM refresh_tokens t JOIN sessions s USING (session_id)
      WHERE t.token_hash = \(token.hash) FOR UPDATE OF s
      """
    ).oneOrNone().map {
      Found(session: try Session($0), generation: try $0.decode(Int64.self, "token_generation"))
    }
  }

  /// A session of a user; the user's row is locked.
  nonisolated(nonsending) func find(
    _ id: SessionID, of user: UserID, in transaction: PostgresTransaction
  ) async throws -> Session? {
    try await transaction.query(
      """
      -- name: session_by_id
      SELECT * FROM sessions WHERE session_id = \(id) AND user_id = \(user) FOR UPDATE
      """
    ).oneOrNone().map { try Session($0) }
  }

  /// Stores a session whose tokens were made anew.
  func rotate(
    _ session: Session, to token: RefreshToken, in transaction: PostgresTransaction
  ) {
    transaction.send(
      """
      -- name: session_rotate
      UPDATE sessions SET generation = \(session.generation), last_used_at = \(session.lastUsedAt)
      WHERE session_id = \(session.id)
      """)
    addToken(token, of: session, in: transaction)
  }

  /// Stores that a session has ended.
  func saveEnd(of session: Session, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: session_end
      UPDATE sessions SET ended_at = \(session.end?.time), end_reason = \(session.end?.reason.rawValue)
      WHERE session_id = \(session.id) AND ended_at IS NULL
      """)
  }

  /// Ends all sessions of a user.
  func endAll(
    of user: UserID, for reason: Session.EndReason, at now: Instant,
    in transaction: PostgresTransaction
  ) {
    transaction.send(
      """
      -- name: session_end_all
      UPDATE sessions SET ended_at = \(now), end_reason = \(reason.rawValue)
      WHERE user_id = \(user) AND ended_at IS NULL
      """)
  }

  /// Those of a user's live sessions that were used least recently, all but a number; the user's row is locked.
  nonisolated(nonsending) func leastRecentlyUsed(
    of user: UserID, butFor count: Int, _ rules: SessionRules, at now: Instant,
    in transaction: PostgresTransaction
  ) async throws -> [Session] {
    try await transaction.query(
      """
      -- name: session_least_recently_used
      SELECT * FROM sessions WHERE user_id = \(user) AND \(Self.isLive(rules, at: now))
      ORDER BY last_used_at DESC, session_id DESC OFFSET \(Int64(count))
      """
    ).map { try Session($0) }
  }

  /// A user's live sessions, the newest first.
  nonisolated(nonsending) func live(
    of user: UserID, _ rules: SessionRules, before: SessionID?, limit: Int, at now: Instant
  ) async throws -> [Session] {
    try await database.query(
      """
      -- name: session_list
      SELECT * FROM sessions
      WHERE user_id = \(user) AND \(Self.isLive(rules, at: now))
        AND (\(before?.rawValue)::text IS NULL OR session_id::text < \(before?.rawValue))
      ORDER BY session_id DESC LIMIT \(Int64(limit))
      """
    ).map { try Session($0) }
  }

  /// The sessions that ended after a time, and whose latest tokens were made after another; the latest first.
  nonisolated(nonsending) func ended(
    after end: Instant, usedAfter use: Instant
  ) async throws -> [Ended] {
    try await database.query(
      """
      -- name: session_ended
      SELECT session_id, last_used_at FROM sessions
      WHERE ended_at > \(end) AND last_used_at > \(use)
      ORDER BY ended_at DESC LIMIT \(Int64(Self.maximumEnded))
      """
    ).map {
      Ended(
        id: SessionID(rawValue: try $0.decode(String.self, "session_id")),
        lastUsedAt: try $0.decode(Instant.self, "last_used_at"))
    }
  }

  /// Removes sessions that ended longer ago than ``retention``, for each way to end the oldest, with their tokens.
  ///
  /// No user is locked, and it waits for nobody: sessions that somebody has in hand are left to the next time.
  ///
  /// - Parameter limit: The most of each way.
  /// - Returns: how many went of each.
  nonisolated(nonsending) func removeOld(
    _ rules: SessionRules, limit: Int, at now: Instant
  ) async throws -> [Int] {
    let before = now - Self.retention
    let ends: [(PostgresQuery, Instant)] = [
      ("ended_at", before), ("expires_at", before), ("last_used_at", before - rules.idleLimit),
    ]
    return try await database.pipeline(
      ends.map { column, time in
        """
        -- name: session_purge
        DELETE FROM sessions WHERE session_id = ANY (ARRAY(
          SELECT session_id FROM sessions WHERE \(column) < \(time)
          ORDER BY \(column) LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED))
        """
      }
    ).map(\.affectedRows)
  }

  private static func isLive(_ rules: SessionRules, at now: Instant) -> PostgresQuery {
    "ended_at IS NULL AND expires_at > \(now) AND last_used_at > \(now - rules.idleLimit)"
  }

  private func addToken(
    _ token: RefreshToken, of session: Session, in transaction: PostgresTransaction
  ) {
    transaction.send(
      """
      -- name: refresh_token_add
      INSERT INTO refresh_tokens (token_hash, session_id, generation)
      VALUES (\(token.hash), \(session.id), \(session.generation))
      """)
  }
}

extension Session {
  fileprivate init(_ row: PostgresRow) throws(PostgresError) {
    let reason = try row.decode(String?.self, "end_reason").flatMap(EndReason.init)
    let endedAt = try row.decode(Instant?.self, "ended_at")
    self.init(
      id: SessionID(rawValue: try row.decode(String.self, "session_id")),
      userID: UserID(rawValue: try row.decode(String.self, "user_id")),
      createdAt: try row.decode(Instant.self, "created_at"),
      lastUsedAt: try row.decode(Instant.self, "last_used_at"),
      expiresAt: try row.decode(Instant.self, "expires_at"),
      generation: try row.decode(Int64.self, "generation"),
      end: endedAt.map { End(reason: reason ?? .revoked, time: $0) })
  }
}
