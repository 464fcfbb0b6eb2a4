import Core
import Events
import Logging
import Postgres

/// Removes from an inbox what no broker can bring again.
///
/// Small batches, each a transaction of its own; of all instances of a consumer one works at a time.
struct InboxPruner: Sendable {
  /// How soon it looks again when nothing is left to go.
  static let defaultInterval: Duration = .seconds(60)

  let consumer: String
  let memory: InboxMemory
  let database: PostgresPool
  let interval: Duration
  let logger: Logger

  /// Prunes until the task is cancelled; returns at once if the inbox forgets nothing.
  func run() async {
    while !Task.isCancelled, memory.boundary != nil {
      do {
        var removed = 0
        while !Task.isCancelled, let count = try await prune(), count > 0 {
          removed += count
          try? await Task.sleep(for: Self.pause)
        }
        if removed > 0 {
          logger.info(
            "inbox is pruned", metadata: ["consumer": "\(consumer)", "events": "\(removed)"])
        }
      } catch {
        if Task.isCancelled { return }
        logger.debug("inbox is not pruned", error: error, metadata: ["consumer": "\(consumer)"])
      }
      try? await Task.sleep(for: interval)
    }
  }

  /// Removes a batch: events that are older than the boundary by their ids, which are in the order of the
  /// primary key, and were applied before it.
  ///
  /// - Returns: how many went; nil if another instance prunes, or nothing is forgotten.
  func prune() async throws -> Int? {
    guard let boundary = memory.boundary else { return nil }
    return try await database.transaction { transaction -> Int? in
      let lock = try await transaction.query(
        """
        -- name: lock_inbox_pruning
        SELECT pg_try_advisory_xact_lock(hashtextextended(
          'alphintra prune inbox ' || current_schema() || ' ' || \(consumer), 0)) AS is_locked
        """
      ).one()
      guard try lock.decode(Bool.self, "is_locked") else { return nil }
      return try await transaction.execute(
        """
        -- name: prune_inbox
        DELETE FROM inbox WHERE consumer = \(consumer) AND event_id IN (
          SELECT event_id FROM inbox
          WHERE consumer = \(consumer) AND event_id < \(boundary.firstID)::uuid
            AND applied_at < \(boundary.time)
          ORDER BY event_id LIMIT \(Self.batchLimit))
        """)
    }
  }

  /// The most rows of one transaction.
  private static let batchLimit: Int64 = 1_000
  /// How long it lets others work after each batch.
  private static let pause: Duration = .milliseconds(100)
}

/// Which events an inbox knows again: those that are younger than a boundary.
struct InboxMemory: Sendable {
  /// Events before it are forgotten.
  struct Boundary: Sendable {
    let time: Instant
    /// No UUID of version 7 that was made since is less.
    let firstID: String
  }

  /// How old an event is when it is forgotten; nil: never.
  let age: Duration?
  let clock: any Core.Clock

  /// Where forgetting ends now; nil if nothing is forgotten.
  var boundary: Boundary? {
    guard let age else { return nil }
    let time = max(.epoch, clock.now - age)
    return Boundary(time: time, firstID: UUIDv7.least(at: time))
  }

  /// Refuses an event that may have been applied and forgotten: applied once more, it would count twice.
  func check(_ event: EventID) throws(UnprocessableEvent) {
    guard let boundary, event.rawValue.lowercased() < boundary.firstID else { return }
    throw UnprocessableEvent(
      "it is older than the inbox remembers, \(boundary.time): it may have been applied")
  }
}

extension UUIDv7 {
  /// The text that none made at a time or after it is less than.
  static func least(at time: Instant) -> String {
    var zeros = Zeros()
    return make(now: Instant(microseconds: time.milliseconds * 1_000), random: &zeros).description
  }

  private struct Zeros: RandomNumberGenerator {
    mutating func next() -> UInt64 { 0 }
  }
}
