import Core
import MarketDataDomain
import Postgres

/// The candles.
struct CandleStore: Sendable {
  let database: PostgresPool

  /// The most candles removed at a time.
  static let removalLimit = 1_000

  /// Candles of a symbol, newest first, those before `openTime` where that is given.
  func candles(
    of symbol: Symbol, _ interval: CandleInterval, before openTime: Instant?, limit: Int
  ) async throws(PostgresError) -> [Candle] {
    let bound: PostgresQuery = openTime.map { "AND open_time < \($0)" } ?? ""
    let rows = try await database.query(
      """
      -- name: candles_page
      SELECT \(Self.columns) FROM candles
      WHERE symbol = \(symbol.rawValue) AND candle_interval = \(interval.rawValue) \(bound)
      ORDER BY open_time DESC LIMIT \(limit)
      """)
    return try rows.map(Self.candle)
  }

  /// The candles that are not closed: those a replay goes on with.
  func open() async throws(PostgresError) -> [Candle] {
    let rows = try await database.query(
      """
      -- name: open_candles
      SELECT \(Self.columns) FROM candles WHERE NOT is_closed
      """)
    return try rows.map(Self.candle)
  }

  /// Removes the oldest candles of one minute of a symbol, at most ``removalLimit``.
  ///
  /// - Returns: how many it removed.
  func removeMinutes(of symbol: Symbol, before time: Instant) async throws(PostgresError) -> Int {
    try await database.execute(
      """
      -- name: remove_old_minutes
      DELETE FROM candles
      WHERE symbol = \(symbol.rawValue) AND candle_interval = \(CandleInterval.oneMinute.rawValue)
        AND open_time IN (
          SELECT open_time FROM candles
          WHERE symbol = \(symbol.rawValue)
            AND candle_interval = \(CandleInterval.oneMinute.rawValue) AND open_time < \(time)
          ORDER BY open_time LIMIT \(Self.removalLimit))
      """)
  }

  /// Adds candles, or puts them in the place of what they were; each at most once.
  ///
  /// - Parameter join: what has to have a row for anything to happen.
  static func upsert(_ candles: [Candle], behind join: PostgresQuery = "") -> PostgresQuery {
    """
    INSERT INTO candles (symbol, candle_interval, open_time, open, high, low, close, volume,
      tick_count, is_closed)
    SELECT candle.* FROM unnest(\(candles.map(\.symbol.rawValue))::text[],
      \(candles.map(\.interval.rawValue))::text[], \(candles.map(\.openTime)),
      \(candles.map(\.open)), \(candles.map(\.high)), \(candles.map(\.low)),
      \(candles.map(\.close)), \(candles.map(\.volume)), \(candles.map(\.tickCount)),
      \(candles.map(\.isClosed))) AS candle \(join)
    ON CONFLICT (symbol, candle_interval, open_time) DO UPDATE SET
      high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
      tick_count = excluded.tick_count, is_closed = excluded.is_closed
    """
  }

  private static let columns: PostgresQuery = """
    symbol, candle_interval, open_time, open, high, low, close, volume, tick_count, is_closed
    """

  private static func candle(_ row: PostgresRow) throws(PostgresError) -> Candle {
    Candle(
      symbol: Symbol(rawValue: try row.decode(at: 0)), interval: try row.decode(at: 1),
      openTime: try row.decode(at: 2), open: try row.decode(at: 3), high: try row.decode(at: 4),
      low: try row.decode(at: 5), close: try row.decode(at: 6), volume: try row.decode(at: 7),
      tickCount: try row.decode(at: 8), isClosed: try row.decode(at: 9))
  }
}

extension CandleInterval: PostgresCodable {}
