import Postgres
import Testing

/// Looks into trading's schema for what no interleaving and no crash may leave behind.
struct LedgerAudit: Sendable {
  let database: PostgresPool

  init(_ configuration: PostgresConfiguration) { database = PostgresPool(configuration) }

  /// One account whose orders are all over: nothing reserved, every event stored once.
  func check(account: String, fills: Int) async throws {
    let row = try await database.query(
      """
      -- name: audit_account
      SELECT open_notional = 0 AS is_released, order_event_sequence, trade_sequence,
        (SELECT count(*) FROM working_orders WHERE account_id = accounts.id) AS working,
        (SELECT count(*) FROM outbox WHERE topic = 'trade_executions' AND key = accounts.id::text)
          AS executions
      FROM accounts WHERE id = \(account)::uuid
      """
    ).one()
    #expect(try row.decode(Bool.self, "is_released"), "\(account) has notional reserved")
    #expect(try row.decode(Int.self, "working") == 0, "\(account) has working orders")
    #expect(try row.decode(Int.self, "trade_sequence") == fills)
    #expect(try row.decode(Int.self, "executions") == fills)
  }

  /// The sequence of the last event of an account's orders; 0 before the first.
  func orderSequence(of account: String) async throws -> Int64 {
    try await database.query(
      "SELECT order_event_sequence FROM accounts WHERE id = \(account)::uuid"
    ).oneOrNone()?.decode(Int64.self, "order_event_sequence") ?? 0
  }

  /// How many orders hold something else of their accounts' funds than they may still cost, how many
  /// reservations have no order, and how many orders are stuck.
  func fundsDisagreements() async throws -> Int {
    try await database.query(
      """
      SELECT count(*) AS wrong
      FROM trading.orders o FULL JOIN asset.reservations r ON r.order_id = o.id
      WHERE coalesce(r.total, 0) <> coalesce(o.reservation_total, 0)
        OR coalesce(r.captured, 0) <> CASE
          WHEN o.side = 'BUY' THEN o.filled_notional + o.fees_charged ELSE o.filled_quantity END
        OR o.state IN ('PENDING_NEW', 'PENDING_REPLACE', 'PENDING_CANCEL')
      """
    ).one().decode(Int.self, "wrong")
  }

  /// The whole ledger: positions are the sums of trades, orders those of their fills, reservations
  /// those of working orders, and no account's events have a gap.
  func check() async throws {
    let findings = try await disagreements()
    #expect(findings.isEmpty, "\(findings)")
    #expect(try await statusDisagreements() == 0)
  }

  /// How many orders have another latest status told than their last event says.
  func statusDisagreements() async throws -> Int {
    try await database.query(
      """
      WITH told AS (
        SELECT id, topic, convert_from(payload, 'UTF8')::jsonb AS event FROM outbox
        WHERE topic = 'order_status_updates' OR topic = 'order_events' AND sequence > 0),
      last_event AS (
        SELECT DISTINCT ON (event->>'order_id') event->>'order_id' AS order_id, event->'order' AS state,
          event->'sequence' AS sequence
        FROM told WHERE topic = 'order_events' ORDER BY event->>'order_id', id DESC),
      latest AS (
        SELECT DISTINCT ON (event->>'order_id') event->>'order_id' AS order_id, event->'order' AS state,
          event->'order_event_sequence' AS sequence
        FROM told WHERE topic = 'order_status_updates' ORDER BY event->>'order_id', id DESC)
      SELECT count(*) AS wrong FROM last_event FULL JOIN latest USING (order_id)
      WHERE last_event.state IS DISTINCT FROM latest.state
        OR last_event.sequence IS DISTINCT FROM latest.sequence
      """
    ).one().decode(Int.self, "wrong")
  }

  /// What ``check()`` finds.
  func disagreements() async throws -> [String] {
    let checks: [(String, PostgresQuery)] = [
      (
        "positions differ from the sum of trades",
        """
        SELECT count(*) AS wrong FROM (
          SELECT account_id, symbol,
            sum(CASE side WHEN 'BUY' THEN quantity ELSE -quantity END) AS quantity,
            sum(fee) AS fees
          FROM trades GROUP BY account_id, symbol) AS traded
        FULL JOIN positions USING (account_id, symbol)
        WHERE coalesce(traded.quantity, 0) <> coalesce(positions.quantity, 0)
          OR coalesce(traded.fees, 0) <> coalesce(positions.fees, 0)
        """
      ),
      (
        "orders differ from the sum of their fills",
        """
        SELECT count(*) AS wrong FROM orders LEFT JOIN (
          SELECT order_id, sum(quantity) AS quantity, sum(quantity * price) AS notional
          FROM trades GROUP BY order_id) AS filled ON filled.order_id = orders.id
        WHERE orders.filled_quantity <> coalesce(filled.quantity, 0)
          OR orders.filled_notional <> coalesce(filled.notional, 0)
        """
      ),
      (
        "accounts reserve something else than their working orders",
        """
        SELECT count(*) AS wrong FROM accounts LEFT JOIN (
          SELECT account_id, sum((quantity - filled_quantity) * reserved_price) AS notional
          FROM orders WHERE state IN ('PENDING_NEW', 'OPEN', 'PARTIALLY_FILLED', 'PENDING_CANCEL')
          GROUP BY account_id) AS working ON working.account_id = accounts.id
        WHERE accounts.open_notional <> coalesce(working.notional, 0)
        """
      ),
      (
        "events of a key have a gap",
        """
        SELECT count(*) AS wrong FROM (
          SELECT topic, key FROM outbox WHERE sequence > 0 GROUP BY topic, key
          HAVING count(*) <> max(sequence) OR min(sequence) <> 1) AS gaps
        """
      ),
    ]
    var findings: [String] = []
    for (finding, query) in checks {
      let wrong = try await database.query(query).one().decode(Int.self, "wrong")
      if wrong > 0 { findings.append("\(wrong) \(finding)") }
    }
    return findings
  }
}
