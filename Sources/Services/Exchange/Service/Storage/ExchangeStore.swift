import Core
import ExchangeDomain
import Postgres
import ProcessKit

/// Accounts, orders and reports as they are stored.
///
/// Times are the database's: all replicas take and refuse by one clock. What changes an account's
/// orders locks the account's row first and draws the sequences of its reports under that lock, so
/// that reports are committed in their order and a reader of what is committed never sees a gap.
struct ExchangeStore: Sendable {
  let database: PostgresPool
  /// Only names are made of its time.
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  // MARK: - Reading

  /// An order as it stands; nil when the account has none of that name.
  func order(_ id: OrderID, of account: AccountName) async throws -> ExchangeOrder? {
    try await database.query(Self.orderQuery(id, of: account)).oneOrNone().map {
      try ExchangeOrder($0)
    }
  }

  static func orderQuery(_ id: OrderID, of account: AccountName) -> PostgresQuery {
    """
    -- name: order_by_id
    SELECT \(ExchangeOrder.columns) FROM orders o WHERE o.id = \(id) AND o.account = \(account)
    """
  }

  /// Every order that works.
  func workingOrders() async throws -> [ExchangeOrder] {
    try await database.query(
      """
      -- name: working_orders
      SELECT \(ExchangeOrder.columns) FROM orders o WHERE o.state IN ('OPEN', 'PARTIALLY_FILLED')
      """
    ).map { try ExchangeOrder($0) }
  }

  /// The sequence of an account's last report; zero before the first.
  func reportSequence(of account: AccountName) async throws -> Int64 {
    try await database.query(
      """
      -- name: report_sequence
      SELECT report_sequence FROM accounts WHERE name = \(account)
      """
    ).oneOrNone().map { try $0.value("report_sequence") } ?? 0
  }

  /// An account's reports after a sequence, in order.
  func reports(
    of account: AccountName, after sequence: Int64, limit: Int
  ) async throws -> [ExecutionReport] {
    try await database.query(
      """
      -- name: reports_after
      SELECT \(ExecutionReport.columns)
      FROM execution_reports r JOIN orders o ON o.id = r.order_id
      WHERE r.account = \(account) AND r.sequence > \(sequence)
      ORDER BY r.sequence LIMIT \(limit)
      """
    ).map { try ExecutionReport($0) }
  }

  // MARK: - Statements of several transactions

  /// Keeps all others from taking or finding an order of this name until the transaction ends.
  ///
  /// Names that share a hash wait for each other, and nothing else.
  static func nameLock(_ account: AccountName, _ name: ClientOrderID) -> PostgresQuery {
    // Neither part has a blank, and no other lock of the database begins so.
    let key = "exchange order \(account) \(name)"
    return """
      -- name: lock_name
      SELECT pg_advisory_xact_lock(hashtextextended(\(key)::text, 0))
      """
  }

  /// The time, read by a statement of its own behind those that lock.
  static let timeQuery: PostgresQuery = """
    -- name: exchange_time
    SELECT clock_timestamp() AS now
    """

  /// Each statement sees what was committed before it began: those behind this one see the account
  /// as nobody else can change it any more.
  static func accountLock(_ account: AccountName) -> PostgresQuery {
    """
    -- name: lock_account
    SELECT name, report_sequence FROM accounts WHERE name = \(account) FOR NO KEY UPDATE
    """
  }
}
