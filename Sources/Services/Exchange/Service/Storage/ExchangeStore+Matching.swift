import Core
import ExchangeDomain
import Postgres
import ProcessKit

extension ExchangeStore {
  /// What a round of matching has come to.
  struct Round {
    /// The orders it has considered, as they stand after it.
    let orders: [ExchangeOrder]
    /// What was reported.
    let reports: [ExecutionReport]
  }

  /// Trades a symbol's working orders against a quote, as far as its size goes, and ends those whose
  /// time is over; the quote's size is there once, for all replicas.
  ///
  /// One round of a symbol follows the other: its row is locked, then the accounts in the order of
  /// their names. An order of an account that had none before is left to the round after its own
  /// submission.
  ///
  /// - Parameter quote: nil when there is none that is up to date.
  func match(_ symbol: Symbol, against quote: Quote?) async throws -> Round {
    try await database.transactionUntilKnown { transaction throws -> Round in
      let rows = try await transaction.pipeline([
        """
        -- name: make_quote
        INSERT INTO quotes (symbol, sequence, bought, sold) VALUES (\(symbol), 0, 0, 0)
        ON CONFLICT DO NOTHING
        """,
        """
        -- name: lock_quote
        SELECT sequence, bought, sold FROM quotes WHERE symbol = \(symbol) FOR UPDATE
        """,
        """
        -- name: lock_accounts_of_symbol
        SELECT name, report_sequence FROM accounts
        WHERE name IN (
          SELECT o.account FROM orders o
          WHERE o.symbol = \(symbol) AND o.state IN ('OPEN', 'PARTIALLY_FILLED'))
        ORDER BY name FOR NO KEY UPDATE
        """,
        Self.timeQuery, dueOrders(of: symbol, quote),
      ])
      let locked = try rows[2].map { try ExchangeAccount($0) }
      var accounts = Dictionary(locked.map { ($0.name, $0) }) { first, _ in first }
      let orders = try rows[4].map { try ExchangeOrder($0) }
        .filter { accounts[$0.account] != nil }
      var usage = try quote.flatMap { try QuoteUsage($0, row: try rows[1].one()) }
      let before = usage
      let now: Instant = try rows[3].one().value("now")
      let reports = MatchOrders.decide(orders, usage: &usage, accounts: &accounts, at: now) {
        ExecutionID(UUIDv7.make(now: clock.now))
      }
      let changed = Set(reports.map(\.order.account))
      save(reports, of: accounts.values.filter { changed.contains($0.name) }, in: transaction)
      if let usage, usage != before { save(usage, in: transaction) }
      if !reports.isEmpty { crashPoints.reach(.matchBeforeCommit) }
      let after = Dictionary(reports.map { ($0.order.id, $0.order) }) { $1 }
      return Round(orders: orders.map { after[$0.id] ?? $0 }, reports: reports)
    }
  }

  /// The working orders that accept a quote's prices, and those whose time is over.
  private func dueOrders(of symbol: Symbol, _ quote: Quote?) -> PostgresQuery {
    """
    -- name: due_orders
    SELECT \(ExchangeOrder.columns) FROM orders o
    WHERE o.symbol = \(symbol) AND o.state IN ('OPEN', 'PARTIALLY_FILLED')
      AND (o.expires_at <= clock_timestamp()
        OR (o.side = 'BUY' AND o.limit_price >= \(quote?.askPrice))
        OR (o.side = 'SELL' AND o.limit_price <= \(quote?.bidPrice)))
    """
  }

  private func save(_ usage: QuoteUsage, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: update_quote
      UPDATE quotes SET
        sequence = \(usage.quote.sequence), bought = \(usage.bought), sold = \(usage.sold)
      WHERE symbol = \(usage.quote.symbol)
      """)
  }
}

extension QuoteUsage {
  /// A quote and what was traded of it; nil when a later one has been traded on already.
  fileprivate init?(_ quote: Quote, row: PostgresRow) throws(PostgresError) {
    let sequence: Int64 = try row.value("sequence")
    guard sequence <= quote.sequence else { return nil }
    if sequence == quote.sequence {
      self.init(quote, bought: try row.value("bought"), sold: try row.value("sold"))
    } else {
      self.init(quote)
    }
  }
}
