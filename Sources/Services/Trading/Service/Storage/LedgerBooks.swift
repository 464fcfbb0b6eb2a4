import Core
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// What places and opens orders, as a part of a transaction of the database: one order, or many of many accounts at once.
struct LedgerBooks: Sendable {
  /// An operation on an order, and whom it is done for.
  typealias Submission = GroupCommit<AccountID, LedgerOperation, LedgerOutcome>.Submission

  let outbox: Outbox
  let crashPoints: CrashPoints
  /// The limits of an account that has none of its own.
  let defaultLimits: RiskLimits

  /// Does operations in their order, each on what those before have left: two round trips, of which the second is the commit's.
  ///
  /// - Returns: an outcome for each. One that is refused has changed nothing.
  nonisolated(nonsending) func apply(
    _ batch: [Submission], in transaction: PostgresTransaction
  ) async throws -> [Result<LedgerOutcome, any Error>] {
    transaction.planByKey()
    var desk = try await lock(batch, in: transaction)
    var events: [OutboxEntry] = []
    var inbox: [OrderID] = []
    var points: Set<TradingCrashPoint> = []
    let outcomes = batch.map { submission in
      Result {
        let operation = submission.operation
        let outcome = try desk.perform(operation, for: submission.key)
        guard let change = outcome.change else { return outcome }
        submission.origin.run {
          events += OutboxEntry.entries(for: change, at: change.order.updatedAt)
        }
        if operation.tellsVenue(change.order) { inbox.append(change.order.id) }
        points.insert(operation.crashPoint)
        return outcome
      }
    }
    guard !desk.placed.isEmpty || !desk.changed.isEmpty else { return outcomes }
    save(desk, tellingVenueOf: inbox, in: transaction)
    outbox.append(events, in: transaction)
    for point in points { crashPoints.reach(point) }
    return outcomes
  }

  /// Locks the accounts of a batch, making those that are missing, and reads what its operations depend on.
  ///
  /// No two batches wait for each other. All accounts are locked in the order of their ids, or none where one is missing: the
  /// missing ones are made in that order by somebody who has none locked, and then all are locked. So who makes accounts
  /// waits for others who make some, further on in the order, and for those who have locked all that they need. Who locks
  /// accounts waits for no new one: it does not see one before its maker is done.
  private nonisolated(nonsending) func lock(
    _ batch: [Submission], in transaction: PostgresTransaction
  ) async throws -> LedgerDesk {
    let accounts = Set(batch.map(\.key)).sorted { $0.rawValue < $1.rawValue }
    let ifAllExist: PostgresQuery = """
      (SELECT count(*) FROM accounts WHERE id = ANY (\(accounts)::uuid[])) = \(accounts.count)
      """
    let reads =
      [Self.lockQuery(accounts, if: ifAllExist), holdingsQuery(batch)] + ordersQueries(batch)
    var rows = try await transaction.pipeline(reads)
    if rows[0].count < accounts.count {
      transaction.send(
        """
        -- name: create_accounts
        INSERT INTO accounts (id)
        SELECT id FROM unnest(\(accounts)::uuid[]) AS named (id) ORDER BY id
        ON CONFLICT (id) DO NOTHING
        """)
      rows = try await transaction.pipeline(reads)
    }
    var holdings: [AccountID: [PostgresRow]] = [:]
    for row in rows[1] { holdings[try row.value("account_id"), default: []].append(row) }
    return LedgerDesk(
      accounts: try rows[0].map { row in
        let id: AccountID = try row.value("id")
        return try Account(row, id: id, holdings: holdings[id] ?? [], defaults: defaultLimits)
      },
      orders: try rows[2...].flatMap { try $0.map { try Order($0) } })
  }

  /// Each statement sees what was committed before it began: those behind this one see the accounts
  /// as nobody else can change them any more.
  ///
  /// - Parameter condition: None are locked where it does not hold.
  static func lockQuery(
    _ accounts: [AccountID], if condition: PostgresQuery = "true"
  ) -> PostgresQuery {
    """
    -- name: lock_accounts
    SELECT id, \(Account.columns) FROM accounts
    WHERE id = ANY (\(accounts)::uuid[]) AND \(condition) ORDER BY id FOR NO KEY UPDATE
    """
  }

  private func holdingsQuery(_ batch: [Submission]) -> PostgresQuery {
    let keys = Set(
      batch.map { LedgerDesk.HoldingKey(account: $0.key, symbol: $0.operation.symbol) })
    return """
      -- name: holdings_of_accounts
      SELECT p.account_id, \(Account.Holding.columns)
      FROM unnest(\(keys.map(\.account))::uuid[], \(keys.map(\.symbol))::text[])
        AS k (account_id, symbol)
      JOIN positions p ON p.account_id = k.account_id AND p.symbol = k.symbol
      """
  }

  /// The namesakes of those that are placed, and the others.
  private func ordersQueries(_ batch: [Submission]) -> [PostgresQuery] {
    var names: [(account: AccountID, name: ClientOrderID)] = []
    var ids: [OrderID] = []
    for submission in batch {
      switch submission.operation.subject {
      case .placing(let name): names.append((submission.key, name))
      case .existing(let id): ids.append(id)
      }
    }
    var queries: [PostgresQuery] = []
    if !names.isEmpty {
      queries.append(
        """
        -- name: orders_by_client_order_id
        SELECT \(Order.columns)
        FROM unnest(\(names.map(\.account))::uuid[], \(names.map(\.name.rawValue))::text[])
          AS k (account_id, client_order_id)
        JOIN orders o ON o.account_id = k.account_id AND o.client_order_id = k.client_order_id
        """)
    }
    if !ids.isEmpty {
      queries.append(Self.ordersQuery(ids))
    }
    return queries
  }

  /// Orders by their names.
  static func ordersQuery(_ ids: [OrderID]) -> PostgresQuery {
    """
    -- name: orders_by_id
    SELECT \(Order.columns) FROM orders o WHERE o.id = ANY (\(ids)::uuid[])
    """
  }
}
