/// Why a query or transaction failed.
///
/// `description` is for operators: it names the query and the rule, and carries no values of rows.
/// `detail` may carry them and stays out of it.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public var code: Code
  /// One sentence in the server's or this library's words.
  public var message: String
  /// The name of the query at fault, from its `-- name:` comment.
  public var queryName: String?
  /// The server's severity: "ERROR", "FATAL", "PANIC".
  public var severity: String?
  /// The server's detail, which may quote values.
  public var detail: String?
  /// The server's hint.
  public var hint: String?
  /// The constraint that was broken.
  public var constraint: String?
  /// The table at fault.
  public var table: String?
  /// The column at fault.
  public var column: String?
  /// Where in the query the error lies, in characters from 1.
  public var position: Int?
  /// Whether the work may have been done: the connection was lost after COMMIT, or a statement that
  /// commits by itself, had been sent.
  ///
  /// Ask the database (by a key of the request) before doing the work again.
  public var outcomeUnknown = false

  init(_ code: Code, _ message: String, queryName: String? = nil) {
    self.code = code
    self.message = message
    self.queryName = queryName
  }

  /// Whether the same transaction may succeed when run again at once, and has certainly not been done.
  ///
  /// A lock that could not be had costs nobody anything until it is tried again: NOWAIT fails at once, and a `lock_timeout`
  /// is set by migrations only, which are not repeated. A session that the server ends (57P01, 57P02) is
  /// ``Code/connectionLost``, and one that it does not take (57P03, 53300) ``Code/connectionFailed``: connections are made
  /// anew with pauses, however many callers wait.
  ///
  /// ``Code/queryCanceled`` is not among them, although it is as sure that nothing was done, in COMMIT too: an error of
  /// COMMIT has undone all. What took the whole of `statement_timeout` would take it again in each attempt, of a server that
  /// has too much to do as it is. Who asked may come back later.
  public var isRetryable: Bool {
    guard !outcomeUnknown else { return false }
    return switch code {
    case .serializationFailure, .deadlockDetected, .lockNotAvailable, .connectionFailed,
      .connectionLost, .acquireTimeout, .tooManyWaiters:
      true
    default:
      false
    }
  }

  /// "order_by_id: ERROR 23505: duplicate key … (constraint orders_pkey)".
  public var description: String {
    var text = queryName.map { "\($0): " } ?? ""
    if let severity { text += "\(severity) " }
    text += "\(code): \(message)"
    if let constraint { text += " (constraint \(constraint))" }
    if let position { text += " (at character \(position))" }
    if outcomeUnknown { text += "; whether the work was done is unknown" }
    return text
  }
}
