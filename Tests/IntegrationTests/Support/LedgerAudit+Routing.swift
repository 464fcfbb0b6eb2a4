import Postgres

extension LedgerAudit {
  /// What trading, broker and exchange disagree about; nothing once nothing is under way.
  func routingDisagreements() async throws -> [String] {
    var findings: [String] = []
    for (finding, query) in Self.routingChecks {
      let wrong = try await database.query(query).one().decode(Int.self, "wrong")
      if wrong > 0 { findings.append("\(wrong) \(finding)") }
    }
    return findings
  }

  /// How many orders the exchange has taken.
  func exchangeOrderCount() async throws -> Int {
    try await database.query("SELECT count(*) AS taken FROM exchange.orders").one()
      .decode(Int.self, "taken")
  }

  /// How often an order is at the exchange, and how often it was sent.
  func exchangeOrders(of orderID: String) async throws -> (taken: Int, sent: Int) {
    let row = try await database.query(
      """
      SELECT (SELECT count(*) FROM exchange.orders WHERE client_order_id = \(orderID)) AS taken,
        coalesce((SELECT submissions FROM broker.routed_orders
          WHERE client_order_id = \(orderID)::uuid), 0) AS sent
      """
    ).one()
    return (try row.decode(Int.self, "taken"), try row.decode(Int.self, "sent"))
  }

  private static let routingChecks: [(String, PostgresQuery)] = [
    (
      "orders are at the exchange twice",
      """
      SELECT count(*) AS wrong FROM (
        SELECT FROM exchange.orders GROUP BY account, client_order_id HAVING count(*) > 1) AS twice
      """
    ),
    (
      // What is refused for want of funds, or has ended before that, has never been routed.
      "orders stand otherwise at trading than at the broker",
      """
      SELECT count(*) AS wrong
      FROM (SELECT * FROM trading.orders WHERE connection_id IS NOT NULL) AS o
      FULL JOIN broker.routed_orders r ON r.client_order_id = o.id
      WHERE o.id IS NULL
        OR r.client_order_id IS NULL AND o.state NOT IN ('REJECTED', 'CANCELED', 'EXPIRED')
        OR r.state IS DISTINCT FROM o.state AND r.client_order_id IS NOT NULL
        OR coalesce(r.filled_quantity, 0) <> o.filled_quantity
        OR coalesce(r.filled_notional, 0) <> o.filled_notional
        OR r.connection_id <> o.connection_id OR r.account_id <> o.account_id
      """
    ),
    (
      // What is ended before the exchange had it has no name there.
      "orders stand otherwise at the broker than at the exchange",
      """
      SELECT count(*) AS wrong FROM broker.routed_orders r FULL JOIN exchange.orders e
        ON e.account = r.connection_id AND e.client_order_id = r.client_order_id::text
      WHERE r.client_order_id IS NULL
        OR e.id IS NULL AND (r.exchange_order_id IS NOT NULL
          OR r.state NOT IN ('CANCELED', 'EXPIRED', 'REJECTED'))
        OR e.id IS NOT NULL AND (r.exchange_order_id IS DISTINCT FROM e.id::text
          OR r.state <> e.state OR r.filled_quantity <> e.filled_quantity
          OR r.filled_notional <> e.filled_notional)
      """
    ),
    (
      "executions of the exchange are no trades, or something else is",
      """
      SELECT count(*) AS wrong FROM (
        SELECT account || '-' || execution_id AS id, order_id, last_quantity, last_price
        FROM exchange.execution_reports WHERE type = 'TRADE') AS x
      JOIN exchange.orders e ON e.id = x.order_id
      FULL JOIN (
        SELECT t.*, o.id::text AS name FROM trading.trades t
        JOIN trading.orders o ON o.id = t.order_id AND o.connection_id IS NOT NULL) AS t
        ON t.venue_trade_id = x.id
      WHERE x.id IS NULL OR t.venue_trade_id IS NULL OR t.name <> e.client_order_id
        OR t.quantity <> x.last_quantity OR t.price <> x.last_price
      """
    ),
    (
      "routed orders are not decided",
      """
      SELECT (SELECT count(*) FROM trading.orders
          WHERE state IN ('PENDING_NEW', 'PENDING_CANCEL') AND connection_id IS NOT NULL)
        + (SELECT count(*) FROM broker.routed_orders WHERE state = 'PENDING_NEW' OR cancel_requested
            AND state IN ('OPEN', 'PARTIALLY_FILLED')) AS wrong
      """
    ),
    (
      "reports of the exchange are not applied",
      """
      SELECT count(*) AS wrong FROM exchange.accounts a
      FULL JOIN broker.connections c ON c.id = a.name
      WHERE coalesce(a.report_sequence, 0) <> coalesce(c.report_sequence, 0)
      """
    ),
    (
      "events of a connection have a gap",
      """
      SELECT count(*) AS wrong FROM (
        SELECT key FROM broker.outbox WHERE sequence > 0 GROUP BY key
        HAVING count(*) <> max(sequence) OR min(sequence) <> 1) AS gaps
      """
    ),
    (
      "events of the broker are not published",
      "SELECT count(*) AS wrong FROM broker.outbox WHERE published_at IS NULL"
    ),
    (
      "events of the broker are not applied, or something else is",
      """
      SELECT count(*) AS wrong FROM broker.outbox o
      FULL JOIN (SELECT * FROM trading.inbox WHERE consumer = 'trading-broker-events') AS i
        USING (event_id)
      WHERE o.event_id IS NULL OR i.event_id IS NULL
      """
    ),
    ("reports of the exchange are refused", "SELECT count(*) AS wrong FROM broker.refused_reports"),
    ("dead letters of trading", "SELECT count(*) AS wrong FROM trading.dead_letters"),
  ]
}
