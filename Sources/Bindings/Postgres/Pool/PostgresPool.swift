/// A bounded set of connections to one database, opened when needed and reopened when lost.
///
/// Queries by different callers share connections: the server gets the next one while it still
/// works on the one before. A transaction has a connection to itself. A caller never blocks a
/// thread, and is resumed on its own executor.
///
/// Do not query the pool from within a transaction's body: the query may wait behind one that waits
/// for a lock of the transaction, which the server cannot see. Use the transaction's own methods.
public final class PostgresPool: Sendable {
  let core: PoolCore

  /// Makes a pool; nothing is opened until the first query.
  public init(_ configuration: PostgresConfiguration) {
    core = PoolCore(configuration)
  }

  deinit {
    PostgresLoop.execute { [core] in core.closeNow() }
  }

  /// The configuration the pool was made with.
  public var configuration: PostgresConfiguration { core.configuration }

  // MARK: Queries

  /// Runs one statement in a transaction of its own and returns its rows.
  ///
  /// When the task is cancelled the statement is cancelled too; the error then is `cancelled`.
  public nonisolated(nonsending) func query(
    _ query: PostgresQuery
  ) async throws(PostgresError) -> PostgresRows {
    let results = try await run(Batch([query], commitment: .own))
    return try results.rows(0, of: query)
  }

  /// Runs one statement in a transaction of its own and returns how many rows it touched.
  @discardableResult
  public nonisolated(nonsending) func execute(
    _ query: PostgresQuery
  ) async throws(PostgresError) -> Int {
    try await self.query(query).affectedRows
  }

  /// Runs statements in one transaction and one round trip; the first that fails undoes all.
  public nonisolated(nonsending) func pipeline(
    _ queries: [PostgresQuery]
  ) async throws(PostgresError) -> [PostgresRows] {
    guard !queries.isEmpty else { return [] }
    // What precedes one synchronization point is one transaction (section 55.2.3 of the manual).
    let results = try await run(Batch(queries, commitment: .own))
    return results.map(PostgresRows.init(result:))
  }

  /// Runs a batch and waits for its end; cancelling the task cancels it.
  nonisolated(nonsending) func run(
    _ batch: Batch
  ) async throws(PostgresError) -> [QueryResult] {
    for query in batch.queries {
      if let flaw = query.parameters.flaw {
        throw PostgresError(.invalidParameter, flaw, queryName: query.name)
      }
    }
    let outcome = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Batch.Outcome, Never>) in
        PostgresLoop.execute { [core] in
          batch.whenDone { continuation.resume(returning: $0) }
          core.submit(batch)
        }
      }
    } onCancel: {
      PostgresLoop.execute { [core] in core.cancel(batch) }
    }
    core.configuration.observe(batch, outcome)
    return try outcome.get()
  }

  // MARK: Life

  /// Connections and callers at one moment.
  public struct Statistics: Sendable, Hashable {
    /// Connections that are open.
    public var open: Int
    /// Those that have nothing to do.
    public var idle: Int
    /// Callers that wait for a connection.
    public var waiting: Int
  }

  /// Connections and callers now.
  public func statistics() async -> Statistics {
    await core.statistics
  }

  /// Waits until the server answers; for the start of a service, when the server may start too.
  ///
  /// - Throws: the last error, once the time is over.
  public func waitUntilReady(timeout: Duration) async throws(PostgresError) {
    let deadline = ContinuousClock.now + timeout
    while true {
      do {
        try await execute("SELECT 1")
        return
      } catch {
        guard error.isRetryable || error.outcomeUnknown, .now < deadline, !Task.isCancelled else {
          throw error
        }
        try? await Task.sleep(for: Self.readinessInterval)
      }
    }
  }

  private static let readinessInterval: Duration = .milliseconds(100)

  /// Refuses new work, waits for what is under way, and closes the connections.
  public func close() async {
    await withUnsafeContinuation { continuation in
      PostgresLoop.execute { [core] in core.close { continuation.resume() } }
    }
  }
}

extension [QueryResult] {
  func rows(_ index: Int, of query: PostgresQuery) throws(PostgresError) -> PostgresRows {
    guard indices.contains(index) else {
      throw PostgresError(.protocolViolation, "a result is missing", queryName: query.name)
    }
    return PostgresRows(result: self[index])
  }
}

extension PostgresConfiguration {
  fileprivate func observe(_ batch: Batch, _ outcome: Batch.Outcome) {
    guard let observer else { return }
    let duration = ContinuousClock.now - batch.start
    switch outcome {
    case .success:
      for query in batch.queries {
        observer.statementEnded(name: query.name ?? "unnamed", duration: duration, error: nil)
      }
    case .failure(let error):
      observer.statementEnded(
        name: error.queryName ?? batch.queries.first?.name ?? "unnamed", duration: duration,
        error: error)
    }
  }
}
