import Core
import Events
import Logging
import Postgres

/// Removes from an outbox what is published and older than any refill asks for.
///
/// Small batches, each a transaction of its own; of all replicas of a service one works at a time. What was never
/// published stays, whatever its age, and so do the topics that are kept for ever.
struct OutboxPruner: Sendable {
  /// What a pruner takes its time for.
  struct Configuration: Sendable {
    /// How soon it looks again when it has seen everything.
    var interval: Duration = .seconds(60)
    /// How long it lets others work after each batch.
    var pause: Duration = .milliseconds(100)
    /// The most rows that one transaction looks at.
    var batchLimit = 1_000
  }

  private let topics: [TopicSpecification]
  private let retention: EventRetention
  private let database: PostgresPool
  private let configuration: Configuration
  private let clock: any Core.Clock
  private let logger: Logger

  init(
    topics: [TopicSpecification], retention: EventRetention, database: PostgresPool,
    configuration: Configuration = Configuration(), clock: any Core.Clock = SystemClock(),
    logger: Logger
  ) {
    self.topics = topics
    self.retention = retention
    self.database = database
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
  }

  /// Prunes until the task is cancelled; returns at once if all topics are kept for ever.
  func run() async {
    guard !boundaries.isEmpty else { return }
    var first: Int64 = 0
    while !Task.isCancelled {
      do {
        first = try await sweep(from: first)
      } catch {
        if Task.isCancelled { return }
        logger.debug("outbox is not pruned", error: error)
      }
      try? await Task.sleep(for: configuration.interval)
    }
  }

  /// Until when rows of each topic may go.
  private var boundaries: [(topic: String, before: Instant)] {
    let now = clock.now
    return topics.compactMap { topic in
      retention.outboxAge(of: topic).map { (topic.name, now - $0) }
    }
  }

  /// Goes through the rows behind an id, up to those that are too young.
  ///
  /// - Returns: behind which id the next sweep begins: nothing before it will ever have to go.
  func sweep(from first: Int64) async throws -> Int64 {
    let boundaries = boundaries
    var position = first
    var next: Int64?
    var removed = 0
    defer {
      if removed > 0 { logger.info("outbox is pruned", metadata: ["events": "\(removed)"]) }
    }
    while !Task.isCancelled {
      guard let batch = try await prune(behind: position, boundaries) else { return first }
      removed += batch.removed
      if let kept = batch.firstKept { next = next ?? kept - 1 }
      guard let last = batch.last else { break }
      position = last
      if batch.isYoung { break }
      try? await Task.sleep(for: configuration.pause)
    }
    return next ?? position
  }

  /// What became of some rows.
  private struct Batch {
    let removed: Int
    /// The last row that was looked at; nil where there was none.
    let last: Int64?
    /// The first that stays for now and may go later.
    let firstKept: Int64?
    /// Whether all of them were too young, and so what comes after them.
    let isYoung: Bool
  }

  /// - Returns: nil if another replica prunes.
  private func prune(
    behind id: Int64, _ boundaries: [(topic: String, before: Instant)]
  ) async throws -> Batch? {
    try await database.transaction { transaction -> Batch? in
      let lock = try await transaction.query(
        """
        -- name: lock_outbox_pruning
        SELECT pg_try_advisory_xact_lock(
          hashtextextended('alphintra prune outbox ' || current_schema(), 0)) AS is_locked
        """
      ).one()
      guard try lock.decode(Bool.self, "is_locked") else { return nil }
      let row = try await transaction.query(
        """
        -- name: prune_outbox
        WITH boundaries (topic, before) AS (
          SELECT * FROM unnest(
            \(boundaries.map(\.topic))::text[], \(boundaries.map { "\($0.before)" })::timestamptz[])
        ), seen AS (
          SELECT outbox.id, boundaries.topic IS NOT NULL AS is_mortal,
            outbox.created_at < boundaries.before AS is_old,
            outbox.published_at IS NOT NULL AS is_published
          FROM (
            SELECT id, topic, created_at, published_at FROM outbox
            WHERE id > \(id) ORDER BY id LIMIT \(configuration.batchLimit)
          ) AS outbox LEFT JOIN boundaries USING (topic)
        ), removed AS (
          DELETE FROM outbox USING seen
          WHERE outbox.id = seen.id AND seen.is_mortal AND seen.is_old AND seen.is_published
          RETURNING outbox.id
        )
        SELECT max(id) AS last, (SELECT count(*) FROM removed) AS removed,
          min(id) FILTER (WHERE is_mortal AND NOT (is_old AND is_published)) AS first_kept,
          coalesce(bool_and(NOT is_old) FILTER (WHERE is_mortal), false) AS is_young
        FROM seen
        """
      ).one()
      return Batch(
        removed: try row.decode(Int.self, "removed"), last: try row.decode(Int64?.self, "last"),
        firstKept: try row.decode(Int64?.self, "first_kept"),
        isYoung: try row.decode(Bool.self, "is_young"))
    }
  }
}
