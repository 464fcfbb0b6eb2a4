import Core
import MarketDataDomain
import Postgres
import ProcessKit

/// How far the replay is, who goes on with it, and the one way in which ticks are stored.
struct ReplayStore: Sendable {
  let database: PostgresPool

  /// Writes down what is replayed, with the candles of the days before, or makes sure that it is
  /// what was replayed so far.
  ///
  /// - Throws: `ConfigurationError` for another seed, day, division or file than the stored ticks
  ///   were made from.
  func prepare(_ plan: MarketPlan) async throws {
    let identity = plan.identity
    let stored = try await database.transaction { transaction in
      let isNew = try await transaction.execute(
        """
        -- name: create_replay
        INSERT INTO replay (seed, first_day, session_steps, bars_digest)
        VALUES (\(identity.seed), \(identity.firstDay), \(identity.sessionSteps),
          \(identity.barsDigest))
        ON CONFLICT (only_row) DO NOTHING
        """)
      if isNew == 1, !plan.history.isEmpty { transaction.send(CandleStore.upsert(plan.history)) }
      let row = try await transaction.query(
        """
        -- name: replay_identity
        SELECT seed, first_day::text AS first_day, session_steps, bars_digest FROM replay
        """
      ).one()
      return ReplayIdentity(
        seed: try row.decode(Int64.self, "seed"),
        firstDay: try row.decode(String.self, "first_day"),
        sessionSteps: try row.decode(Int64.self, "session_steps"),
        barsDigest: try row.decode(String.self, "bars_digest"))
    }
    try Self.requireSame(identity, stored)
  }

  /// The right to replay, if it is free or ours already.
  func acquire(holder: String, for length: Duration) async throws(PostgresError) -> ReplayLease? {
    let rows = try await database.query(
      """
      -- name: acquire_replay_lease
      UPDATE replay SET holder = \(holder), term = term + 1,
        lease_until = clock_timestamp() + \(length.inMilliseconds) * interval '1 millisecond'
      WHERE holder IS NULL OR holder = \(holder) OR lease_until < clock_timestamp()
      RETURNING term, next_step, published_step
      """)
    guard let row = try rows.oneOrNone() else { return nil }
    return ReplayLease(
      term: try row.decode(Int64.self, "term"), nextStep: try row.decode(Int64.self, "next_step"),
      publishedStep: try row.decode(Int64.self, "published_step"), length: length)
  }

  /// Prolongs the right; false when another has it.
  func renew(_ lease: ReplayLease) async throws(PostgresError) -> Bool {
    let count = try await database.execute(
      """
      -- name: renew_replay_lease
      UPDATE replay SET
        lease_until = clock_timestamp() + \(lease.length.inMilliseconds) * interval '1 millisecond'
      WHERE term = \(lease.term) AND holder IS NOT NULL
      """)
    return count == 1
  }

  /// Gives the right back, so that another need not wait for its end.
  func release(holder: String) async throws(PostgresError) {
    try await database.execute(
      """
      -- name: release_replay_lease
      UPDATE replay SET holder = NULL, lease_until = '-infinity' WHERE holder = \(holder)
      """)
  }

  /// Stores the ticks of whole steps, the candles they changed and the new position, all or nothing.
  ///
  /// One statement, so one round trip. Its first part is the fence: it changes the row only for the
  /// newest holder of the lease who stands at the very step, and everything else hangs on that row.
  ///
  /// - Returns: false when another replica has taken over, and nothing is stored.
  func store(
    _ steps: Range<Int64>, ticks: [Tick], candles: [Candle], publishedStep: Int64,
    under lease: ReplayLease
  ) async throws(PostgresError) -> Bool {
    let rows = try await database.query(
      """
      -- name: store_steps
      WITH fence AS (
        UPDATE replay SET next_step = \(steps.upperBound),
          published_step = greatest(published_step, \(publishedStep)),
          lease_until = clock_timestamp()
            + \(lease.length.inMilliseconds) * interval '1 millisecond'
        WHERE term = \(lease.term) AND holder IS NOT NULL AND next_step = \(steps.lowerBound)
        RETURNING next_step
      ), new_ticks AS (
        \(TickStore.insert(ticks))
      ), new_candles AS (
        \(CandleStore.upsert(candles, behind: "CROSS JOIN fence"))
      )
      SELECT count(*) AS stored FROM fence
      """)
    return try rows.one().decode(Int.self, "stored") == 1
  }

  private static func requireSame(
    _ asked: ReplayIdentity, _ stored: ReplayIdentity
  ) throws(ConfigurationError) {
    let pairs = [
      ("seed", "\(asked.seed)", "\(stored.seed)"),
      ("first_day", asked.firstDay, stored.firstDay),
      ("session_steps", "\(asked.sessionSteps)", "\(stored.sessionSteps)"),
      ("bars", asked.barsDigest, stored.barsDigest),
    ]
    let problems = pairs.filter { $0.1 != $0.2 }.map { key, asked, stored in
      ConfigurationError.Problem(
        key: "marketdata.\(key)",
        rule: "must stay as it was when the stored replay began, \(stored)", value: asked)
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
  }
}

/// The right to replay, until another gets it.
struct ReplayLease: Sendable {
  /// Counts those who had it.
  let term: Int64
  /// The step after the last one stored.
  let nextStep: Int64
  /// Ticks of earlier steps need not be published again.
  let publishedStep: Int64
  /// How long it lasts without being renewed.
  let length: Duration
}

extension Duration {
  /// Whole milliseconds, rounded down.
  fileprivate var inMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
