extension PostgresError {
  /// What went wrong: an SQLSTATE of the server, or a word for what happened on this side.
  ///
  /// Source: appendix A of the manual. Any SQLSTATE can be compared: `error.code == "22012"`.
  public struct Code: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Five characters of the server, or a longer word of this side.
    public let description: String

    /// Takes an SQLSTATE.
    public init(sqlState: String) { description = sqlState }
    /// Takes an SQLSTATE.
    public init(stringLiteral value: String) { description = value }

    /// Whether the server gave the code.
    public var isSQLState: Bool { description.utf8.count == 5 }
    /// The class of an SQLSTATE, its first two characters: "23" for broken constraints.
    public var sqlStateClass: Substring? { isSQLState ? description.prefix(2) : nil }

    // What the server says.

    /// A NULL where none may be.
    public static let notNullViolation: Code = "23502"
    /// A reference to a row that is not there, or from one that is.
    public static let foreignKeyViolation: Code = "23503"
    /// A second row with the same key.
    public static let uniqueViolation: Code = "23505"
    /// A row that breaks a CHECK.
    public static let checkViolation: Code = "23514"
    /// Two rows that exclude each other.
    public static let exclusionViolation: Code = "23P01"
    /// A statement in a transaction that has already failed.
    public static let inFailedTransaction: Code = "25P02"
    /// A transaction that could not be fitted into an order with others.
    public static let serializationFailure: Code = "40001"
    /// A transaction chosen to end a deadlock.
    public static let deadlockDetected: Code = "40P01"
    /// Text that is not a value of the type.
    public static let invalidTextRepresentation: Code = "22P02"
    /// A number too large for its type.
    public static let numericValueOutOfRange: Code = "22003"
    /// The role may not do that.
    public static let insufficientPrivilege: Code = "42501"
    /// No such table.
    public static let undefinedTable: Code = "42P01"
    /// Not SQL.
    public static let syntaxError: Code = "42601"
    /// A lock could not be had at once, or within `lock_timeout`.
    public static let lockNotAvailable: Code = "55P03"
    /// The statement ran into `statement_timeout`, or was cancelled by another session.
    public static let queryCanceled: Code = "57014"
    /// A prepared statement whose tables have changed since.
    static let featureNotSupported: Code = "0A000"
    /// A prepared statement the server does not know.
    static let invalidStatementName: Code = "26000"

    // What this side says.

    /// The server cannot be reached, or refused the connection.
    public static let connectionFailed: Code = "connection failed"
    /// The connection ended before the answer came.
    public static let connectionLost: Code = "connection lost"
    /// More callers wait for a connection than the pool allows.
    public static let tooManyWaiters: Code = "too many waiters"
    /// No connection came free in time.
    public static let acquireTimeout: Code = "acquire timeout"
    /// The caller's task was cancelled.
    public static let cancelled: Code = "cancelled"
    /// The pool is closed.
    public static let poolClosed: Code = "pool closed"
    /// A value cannot be sent: a text with a NUL character, too many parameters.
    public static let invalidParameter: Code = "invalid parameter"
    /// A row does not have what was asked for.
    public static let decodingFailed: Code = "decoding failed"
    /// The result has another number of rows than asked for.
    public static let unexpectedRowCount: Code = "unexpected row count"
    /// The library or the server broke the protocol.
    public static let protocolViolation: Code = "protocol violation"
  }
}
