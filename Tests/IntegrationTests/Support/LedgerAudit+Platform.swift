import Postgres

extension LedgerAudit {
  /// What the services, their ledgers and the events between them disagree about; nothing once nothing is under way.
  func platformDisagreements() async throws -> [String] {
    var findings = try await disagreements()
    let funds = try await fundsDisagreements()
    if funds > 0 { findings.append("\(funds) orders and reservations disagree, or are stuck") }
    for (finding, query) in Self.platformChecks {
      let wrong = try await database.query(query).one().decode(Int.self, "wrong")
      if wrong > 0 { findings.append("\(wrong) \(finding)") }
    }
    findings += try await routingDisagreements()
    return findings
  }

  private static let platformChecks: [(String, PostgresQuery)] = [
    (
      "assets do not add up to zero",
      """
      SELECT count(*) AS wrong FROM (
        SELECT asset FROM asset.postings GROUP BY asset HAVING sum(amount) <> 0) AS unbalanced
      """
    ),
    (
      "wallets differ from the sum of their postings",
      """
      SELECT count(*) AS wrong FROM (
        SELECT t.account_id, p.asset,
          sum(p.amount) FILTER (WHERE p.ledger_account = 'AVAILABLE') AS available,
          sum(p.amount) FILTER (WHERE p.ledger_account = 'RESERVED') AS reserved
        FROM asset.postings p JOIN asset.ledger_transactions t ON t.id = p.transaction_id
        WHERE p.ledger_account IN ('AVAILABLE', 'RESERVED')
        GROUP BY t.account_id, p.asset) AS posted
      FULL JOIN asset.wallets w USING (account_id, asset)
      WHERE coalesce(posted.available, 0) <> coalesce(w.available, 0)
        OR coalesce(posted.reserved, 0) <> coalesce(w.reserved, 0)
      """
    ),
    (
      "positions differ from what wallets have",
      """
      SELECT count(*) AS wrong FROM trading.positions p FULL JOIN (
        SELECT * FROM asset.wallets WHERE asset <> 'USD') AS w
        ON w.account_id = p.account_id AND w.asset = p.symbol
      WHERE coalesce(p.quantity, 0) <> coalesce(w.available + w.reserved, 0)
      """
    ),
    (
      "trades are not settled, or something else is",
      """
      SELECT count(*) AS wrong
      FROM trading.trades t FULL JOIN asset.settlements s ON s.trade_id = t.id
      WHERE t.id IS NULL OR s.trade_id IS NULL
      """
    ),
    (
      "events are not published",
      """
      SELECT (SELECT count(*) FROM trading.outbox WHERE published_at IS NULL)
        + (SELECT count(*) FROM asset.outbox WHERE published_at IS NULL) AS wrong
      """
    ),
    (
      "events are not applied, or something else is",
      """
      SELECT count(*) AS wrong FROM (
        SELECT 'asset-' || replace(topic, '_', '-') AS consumer, event_id FROM trading.outbox
        WHERE topic IN ('order_events', 'trade_executions')) AS told
      FULL JOIN asset.inbox USING (consumer, event_id)
      WHERE told.event_id IS NULL OR inbox.event_id IS NULL
      """
    ),
    ("dead letters", "SELECT count(*) AS wrong FROM asset.dead_letters"),
  ]
}
