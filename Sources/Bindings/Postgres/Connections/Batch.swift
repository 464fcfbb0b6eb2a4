/// Statements that travel together up to one synchronization point, and who waits for them.
@PostgresLoop
final class Batch {
  /// What the end of the batch does to a transaction.
  enum Commitment {
    /// The batch is a transaction of its own.
    case own
    /// The batch is part of an open transaction.
    case none
    /// The last statement commits the open transaction.
    case commit
    /// The last statement rolls the open transaction back.
    case rollback
  }

  private enum State {
    case waiting, sent, done
  }

  typealias Outcome = Result<[QueryResult], PostgresError>
  typealias Completion = @PostgresLoop @Sendable (Outcome) -> Void

  nonisolated let queries: [PostgresQuery]
  nonisolated let commitment: Commitment
  /// The connection kept for a transaction; nil: any connection, shared with others.
  nonisolated let lease: Lease?
  /// The statements are one text, sent without parameters and outside of pipeline mode.
  nonisolated let isScript: Bool
  nonisolated let start = ContinuousClock.now

  private var state = State.waiting
  private var completion: Completion?
  private var results: [QueryResult] = []
  private(set) var error: PostgresError?
  var isCancelled = false
  /// Sent once more after a change of a table made its prepared statement useless.
  var isRepeated = false

  nonisolated init(
    _ queries: [PostgresQuery], commitment: Commitment, lease: Lease? = nil, isScript: Bool = false
  ) {
    self.queries = queries
    self.commitment = commitment
    self.lease = lease
    self.isScript = isScript
  }

  var isDone: Bool { state == .done }
  var isWaiting: Bool { state == .waiting }
  var mayCommit: Bool { commitment == .own || commitment == .commit }

  /// The name of the statement whose result comes next.
  var currentQueryName: String? {
    results.count < queries.count ? queries[results.count].name : queries.last?.name
  }

  func whenDone(_ completion: @escaping Completion) { self.completion = completion }

  func markSent() { state = .sent }

  func append(_ result: QueryResult) { results.append(result) }

  /// Notes why the batch fails; the first reason is the one that counts.
  func fail(_ error: PostgresError) {
    if self.error == nil { self.error = error }
  }

  /// Says that the connection was lost, whatever came before.
  func replaceError(_ error: PostgresError) { self.error = error }

  /// Forgets what a first attempt brought.
  func startOver() {
    results = []
    error = nil
    isRepeated = true
  }

  /// Tells who waits; a batch ends once.
  func finish() {
    guard state != .done else { return }
    state = .done
    let completion = completion
    self.completion = nil
    if var error {
      if isCancelled && error.code == .queryCanceled {
        error = PostgresError(
          .cancelled, "the caller's task was cancelled", queryName: error.queryName)
      }
      completion?(.failure(error))
    } else {
      completion?(.success(results))
    }
  }

  func finish(_ error: PostgresError) {
    fail(error)
    finish()
  }
}

/// One caller's claim on a connection, for the length of a transaction.
@PostgresLoop
final class Lease {
  private(set) weak var connection: Connection?
  private(set) var isAssigned = false

  nonisolated init() {}

  func assign(_ connection: Connection) {
    self.connection = connection
    isAssigned = true
  }

  func scramVerifier(password: String, user: String) -> String? {
    connection?.handle?.scramVerifier(password: password, user: user)
  }
}
