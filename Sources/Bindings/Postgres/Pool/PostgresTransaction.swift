import Synchronization

/// How much a transaction sees of others (section 13.2 of the manual).
public enum PostgresIsolation: Sendable, Hashable {
  /// Each statement sees what was committed before it began.
  case readCommitted
  /// All statements see what was committed before the first; a conflicting change fails.
  case repeatableRead
  /// As if the transactions ran one after the other; any of them may have to be run again.
  case serializable

  var beginQuery: PostgresQuery {
    switch self {
    case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED"
    case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
    case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
    }
  }
}

extension PostgresPool {
  private static let firstRetryDelay: Duration = .milliseconds(2)
  /// How often a transaction is tried that is repeated until its outcome is known.
  private static let attemptsUntilKnown = 8

  /// Runs statements in one transaction: committed when the body returns, undone when it throws.
  ///
  /// BEGIN travels with the first statement and COMMIT with the last ones
  /// (``PostgresTransaction/send(_:)``): a body of one read and two writes takes two round trips.
  ///
  /// - Parameters:
  ///   - attempts: how often the body is run if the transaction fails for a reason that may pass
  ///     (``PostgresError/isRetryable``), with growing random pauses; it must then have no other
  ///     effects.
  /// - Throws: the body's error, or a ``PostgresError``; its `outcomeUnknown` says that the
  ///   connection was lost after COMMIT had been sent.
  public nonisolated(nonsending) func transaction<Value>(
    isolation: PostgresIsolation = .readCommitted, attempts: Int = 1,
    _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await repeating(attempts, { $0.isRetryable }) { try await runOnce(isolation, body) }
  }

  /// Runs a transaction that first looks whether its work has been done, again and again until that is known.
  ///
  /// So it is also repeated when the answer to COMMIT was lost: what it had done is then found. And when somebody else
  /// has taken the name of what it makes: whose that is now, it finds too.
  ///
  /// - Throws: the body's error, or a ``PostgresError``; its `outcomeUnknown` says that no attempt has learned
  ///   whether the work was done.
  public nonisolated(nonsending) func transactionUntilKnown<Value>(
    _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await repeating(
      Self.attemptsUntilKnown,
      { $0.isRetryable || $0.outcomeUnknown || $0.code == .uniqueViolation }
    ) { try await runOnce(.readCommitted, body) }
  }

  private nonisolated(nonsending) func repeating<Value>(
    _ attempts: Int, _ mayPass: (PostgresError) -> Bool,
    _ work: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    var delay = Self.firstRetryDelay
    var isUnknown = false
    var attempt = 1
    while true {
      do {
        return try await work()
      } catch var error as PostgresError {
        isUnknown = isUnknown || error.outcomeUnknown
        guard mayPass(error), attempt < attempts, !Task.isCancelled else {
          error.outcomeUnknown = isUnknown
          throw error
        }
        // A random part keeps those who collided from colliding again. Who is cancelled learns it by the next attempt.
        try? await Task.sleep(for: delay * Double.random(in: 0.5...1))
        delay *= 2
        attempt += 1
      }
    }
  }

  private nonisolated(nonsending) func runOnce<Value>(
    _ isolation: PostgresIsolation,
    _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    let transaction = PostgresTransaction(pool: self, isolation: isolation)
    do {
      let value = try await body(transaction)
      try await transaction.commit()
      return value
    } catch {
      await transaction.end()
      throw error
    }
  }
}

/// Statements of one transaction; valid within the body that was given it.
public final class PostgresTransaction: Sendable {
  private struct State {
    var hasBegun = false
    var isOver = false
    var pending: [PostgresQuery] = []
    var onCommit: [@Sendable () -> Void] = []
  }

  private let pool: PostgresPool
  private let isolation: PostgresIsolation
  private let lease = Lease()
  private let state = Mutex(State())

  init(pool: PostgresPool, isolation: PostgresIsolation) {
    self.pool = pool
    self.isolation = isolation
  }

  /// Runs a statement and returns its rows.
  @discardableResult
  public nonisolated(nonsending) func query(
    _ query: PostgresQuery
  ) async throws(PostgresError) -> PostgresRows {
    try await pipeline([query])[0]
  }

  /// Runs a statement and returns how many rows it touched.
  @discardableResult
  public nonisolated(nonsending) func execute(
    _ query: PostgresQuery
  ) async throws(PostgresError) -> Int {
    try await self.query(query).affectedRows
  }

  /// Runs statements in one round trip; one that fails keeps those behind it from running.
  public nonisolated(nonsending) func pipeline(
    _ queries: [PostgresQuery]
  ) async throws(PostgresError) -> [PostgresRows] {
    guard !queries.isEmpty else { return [] }
    let before = take()
    let batch = Batch(before + queries, commitment: .none, lease: lease)
    let results = try await pool.run(batch)
    return results[before.count...].map(PostgresRows.init(result:))
  }

  /// Adds a statement whose rows nobody needs to what travels with the next one, or with COMMIT.
  ///
  /// An error in it fails that next statement, or the commit.
  public func send(_ query: PostgresQuery) {
    state.withLock { state in
      precondition(!state.isOver, "the transaction has ended")
      state.pending.append(query)
    }
  }

  /// Adds what is to be done once the transaction is known to be committed, before its caller goes on.
  ///
  /// It is not done when the transaction is undone, nor when what became of it is not known: nothing may depend on it but
  /// promptness.
  public func onCommit(_ action: @escaping @Sendable () -> Void) {
    state.withLock { state in
      precondition(!state.isOver, "the transaction has ended")
      state.onCommit.append(action)
    }
  }

  /// Runs several statements given as one text, without parameters: a migration.
  ///
  /// The text is sent as it is: nothing from outside may be part of it.
  public nonisolated(nonsending) func script(_ text: String) async throws(PostgresError) {
    let before = take()
    if !before.isEmpty {
      _ = try await pool.run(Batch(before, commitment: .none, lease: lease))
    }
    _ = try await pool.run(
      Batch([PostgresQuery(unsafeSQL: text)], commitment: .none, lease: lease, isScript: true))
  }

  /// Sets a role's password without telling it to the server, which learns only a verifier: neither
  /// its log nor its list of sessions can show the password.
  public nonisolated(nonsending) func setPassword(
    _ password: String, of role: String
  ) async throws(PostgresError) {
    try await query("SELECT 1")
    guard let verifier = await lease.scramVerifier(password: password, user: role) else {
      throw PostgresError(.invalidParameter, "the password of \(role) cannot be prepared")
    }
    // DDL takes no parameters; a verifier has only letters, digits and +/=:$-.
    let quoted = verifier.replacing("'", with: "''")
    try await execute(
      PostgresQuery(
        unsafeSQL: "ALTER ROLE \(PostgresQuery.quoted(identifier: role)) PASSWORD '\(quoted)'"))
  }

  /// BEGIN if it has not been sent, and what waits to be sent.
  private func take() -> [PostgresQuery] {
    state.withLock { state in
      precondition(!state.isOver, "the transaction has ended")
      let queries = (state.hasBegun ? [] : [isolation.beginQuery]) + state.pending
      state.hasBegun = true
      state.pending = []
      return queries
    }
  }

  nonisolated(nonsending) func commit() async throws(PostgresError) {
    let queries = state.withLock { state in
      let isEmpty = !state.hasBegun && state.pending.isEmpty
      return isEmpty ? [] : (state.hasBegun ? [] : [isolation.beginQuery]) + state.pending
    }
    guard !queries.isEmpty || state.withLock(\.hasBegun) else { return }
    state.withLock { state in
      state.hasBegun = true
      state.isOver = true
      state.pending = []
    }
    let results = try await pool.run(
      Batch(queries + ["COMMIT"], commitment: .commit, lease: lease))
    await release()
    // The body has swallowed the error of a statement: the server answers COMMIT by rolling back.
    if results.last?.commandTag == "ROLLBACK" {
      throw PostgresError(
        .inFailedTransaction, "a statement had failed, so the transaction was rolled back")
    }
    for action in state.withLock(\.onCommit) { action() }
  }

  /// Gives the connection back, rolling back what is open.
  nonisolated(nonsending) func end() async {
    let hasBegun = state.withLock { state in
      state.isOver = true
      return state.hasBegun
    }
    if hasBegun { await release() }
  }

  private nonisolated(nonsending) func release() async {
    await withUnsafeContinuation { continuation in
      PostgresLoop.execute { [core = pool.core, lease] in
        core.release(lease) { continuation.resume() }
      }
    }
  }
}
