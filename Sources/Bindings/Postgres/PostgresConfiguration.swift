public import Logging

/// How to reach a database, as whom, and within which limits.
public struct PostgresConfiguration: Sendable {
  /// A host name, an address, or the folder of a Unix socket (with a leading slash).
  public var host: String
  /// The TCP port, also part of the socket's name.
  public var port: Int
  /// The database.
  public var database: String
  /// The role to log in as.
  public var user: String
  /// The role's password; nil where the server asks for none.
  public var password: String?
  /// The schema in which plain names are looked up and created; the role's own when nil.
  public var schema: String?
  /// Shown in the server's list of sessions and in its log.
  public var applicationName = "alphintra"
  /// Whether and how the connection is encrypted.
  public var encryption = Encryption.none
  /// What a pool and its sessions may use.
  public var limits = Limits()
  /// Where warnings of the server and losses of connections are written.
  public var logger = Logger(label: "alphintra.postgres")
  /// Told of every statement's end; nil costs nothing.
  public var observer: (any PostgresObserver)?

  /// Describes a database.
  public init(
    host: String, port: Int = 5432, database: String, user: String, password: String? = nil,
    schema: String? = nil
  ) {
    self.host = host
    self.port = port
    self.database = database
    self.user = user
    self.password = password
    self.schema = schema
  }

  /// Whether the server is reached through TLS.
  public enum Encryption: Sendable, Hashable {
    /// Not: for a Unix socket, the loopback interface, or a network on which nobody listens who should not, such as that of a
    /// cluster of development.
    case none
    /// TLS by a server whose certificate names the host and is signed by an authority in the file.
    case verified(authorityFile: String)
  }

  /// What a pool and its sessions may use.
  public struct Limits: Sendable, Hashable {
    /// Connections that are open at the same time.
    public var maxConnections = 4
    /// Statements by different callers that may be on their way on one connection.
    ///
    /// The server executes them one after the other without waiting for a round trip in between.
    public var maxPipelinedQueries = 16
    /// Callers that wait for a connection; more are refused at once.
    public var maxWaiters = 1024
    /// How long a caller waits for a connection.
    public var acquireTimeout: Duration = .seconds(5)
    /// How long making a connection may take.
    public var connectTimeout: Duration = .seconds(5)
    /// How long the server works on one statement, waits for locks included; nil: without end.
    ///
    /// COMMIT has no such end: deferred constraints are checked for as long as it takes, or until the connection is given up.
    public var statementTimeout: Duration? = .seconds(10)
    /// How long the server keeps a transaction whose client says nothing; nil: without end.
    public var idleInTransactionTimeout: Duration? = .seconds(30)
    /// Statements kept prepared on each connection; further ones are sent with their text.
    public var maxPreparedStatements = 512
    /// The longest pause between attempts to reach a server that cannot be reached.
    public var maxReconnectDelay: Duration = .seconds(1)
    /// How long the network may leave what was sent unacknowledged.
    public var networkTimeout: Duration = .seconds(10)

    /// The defaults.
    public init() {}
  }
}

/// Told of every statement's end, for metrics.
public protocol PostgresObserver: Sendable {
  /// A statement has ended; called on a thread that must not be held up.
  ///
  /// - Parameters:
  ///   - name: the name of the query, "unnamed" without one.
  ///   - duration: from the caller's request to the answer, waiting for a connection included.
  ///   - error: why it failed.
  func statementEnded(name: String, duration: Duration, error: PostgresError?)
}
