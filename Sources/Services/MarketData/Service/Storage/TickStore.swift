import Core
import MarketDataDomain
import Postgres

/// The ticks that are kept.
struct TickStore: Sendable {
  let database: PostgresPool

  /// The most steps read or removed at a time.
  static let stepsLimit: Int64 = 100

  /// The last tick of each symbol that has one.
  func latest(of symbols: [Symbol]) async throws(PostgresError) -> [Tick] {
    let rows = try await database.query(
      """
      -- name: latest_ticks
      SELECT last.* FROM unnest(\(symbols.map(\.rawValue))::text[]) AS wanted (symbol)
      CROSS JOIN LATERAL (
        SELECT \(Self.columns) FROM ticks WHERE ticks.symbol = wanted.symbol
        ORDER BY sequence DESC LIMIT 1
      ) AS last
      """)
    return try rows.map(Self.tick)
  }

  /// The tick of a symbol with a sequence, while it is kept.
  func tick(of symbol: Symbol, sequence: Int64) async throws(PostgresError) -> Tick? {
    let rows = try await database.query(
      """
      -- name: tick_by_sequence
      SELECT \(Self.columns) FROM ticks
      WHERE symbol = \(symbol.rawValue) AND sequence = \(sequence)
      """)
    return try rows.oneOrNone().map(Self.tick)
  }

  /// The ticks from a step on, in order: those of whole steps, at most ``stepsLimit`` of them.
  ///
  /// Where older ones are kept no more it begins with the oldest.
  func ticks(from step: Int64) async throws(PostgresError) -> [Tick] {
    let rows = try await database.query(
      """
      -- name: ticks_from_step
      SELECT \(Self.columns) FROM ticks
      WHERE step >= \(step)
        AND step < (SELECT min(step) FROM ticks WHERE step >= \(step)) + \(Self.stepsLimit)
      ORDER BY step, market_time, symbol
      """)
    return try rows.map(Self.tick)
  }

  /// Removes ticks of the oldest steps, leaving at least `kept` steps; at most ``stepsLimit`` steps.
  ///
  /// - Returns: how many ticks it removed.
  func removeOldest(leaving kept: Int) async throws(PostgresError) -> Int {
    try await database.execute(
      """
      -- name: remove_old_ticks
      DELETE FROM ticks WHERE step < least(
        (SELECT next_step FROM replay) - \(kept),
        (SELECT min(step) FROM ticks) + \(Self.stepsLimit))
      """)
  }

  /// The part of `store_steps` that adds ticks.
  static func insert(_ ticks: [Tick]) -> PostgresQuery {
    let quotes = ticks.map(\.quote)
    return """
      INSERT INTO ticks (symbol, sequence, step, bid_price, bid_size, ask_price, ask_size,
        last_price, last_size, market_time, published_at)
      SELECT tick.* FROM unnest(\(quotes.map(\.symbol.rawValue))::text[],
        \(quotes.map(\.sequence)), \(ticks.map(\.step)), \(quotes.map(\.bidPrice)),
        \(quotes.map(\.bidSize)), \(quotes.map(\.askPrice)), \(quotes.map(\.askSize)),
        \(quotes.map(\.lastPrice)), \(quotes.map(\.lastSize)), \(quotes.map(\.marketTime)),
        \(ticks.map(\.publishedAt))) AS tick
      CROSS JOIN fence
      """
  }

  private static let columns: PostgresQuery = """
    symbol, sequence, step, bid_price, bid_size, ask_price, ask_size, last_price, last_size,
    market_time, published_at
    """

  private static func tick(_ row: PostgresRow) throws(PostgresError) -> Tick {
    let quote = Quote(
      symbol: Symbol(rawValue: try row.decode(at: 0)), sequence: try row.decode(at: 1),
      bidPrice: try row.decode(at: 3), bidSize: try row.decode(at: 4),
      askPrice: try row.decode(at: 5), askSize: try row.decode(at: 6),
      lastPrice: try row.decode(at: 7), lastSize: try row.decode(at: 8),
      marketTime: try row.decode(at: 9))
    return Tick(quote, step: try row.decode(at: 2), publishedAt: try row.decode(at: 10))
  }
}
