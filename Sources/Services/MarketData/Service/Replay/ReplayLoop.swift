import Core
import Logging
import MarketDataDomain
import Postgres
import ServiceKit

/// Makes the market move in every replica: one makes and stores the ticks, the others follow what it
/// stored.
///
/// Whoever holds the lease replays. The database tells the time of the lease, and every storing
/// statement checks it, so a replica that was asleep can store nothing. When the holder is gone the
/// next one goes on at the step after the last one stored.
struct ReplayLoop: Sendable {
  let plan: MarketPlan
  let speed: Int
  let leaseLength: Duration
  /// Names this replica.
  let holder: String
  let replays: ReplayStore
  let ticks: TickStore
  let candles: CandleStore
  let hub: QuoteHub
  let feed: FeedPublisher
  let environment: ServiceEnvironment

  /// How often a follower looks for new ticks.
  static let followInterval: Duration = .milliseconds(50)
  /// How long to wait after the database failed.
  static let retryDelay: Duration = .milliseconds(500)

  private var logger: Logger { environment.logger }

  /// Replays or follows until the task is cancelled; then ends all subscriptions.
  func run() async throws {
    defer { hub.close() }
    while !Task.isCancelled {
      do {
        if let lease = try await replays.acquire(holder: holder, for: leaseLength) {
          try await lead(lease)
        } else {
          try await follow()
        }
      } catch let error as PostgresError where !Task.isCancelled {
        logger.warning("replay is interrupted", metadata: ["reason": "\(error)"])
        try? await Task.sleep(for: Self.retryDelay)
      } catch is PostgresError {
      } catch is CancellationError {
      }
    }
    // The task is cancelled, and so would be its query.
    await Task { await withdraw() }.value
  }

  /// Replays until another replica has taken over.
  private func lead(_ lease: ReplayLease) async throws {
    while hub.nextStep < lease.nextStep, try await takeStored() {}
    logger.info(
      "replay begins", metadata: ["step": "\(lease.nextStep)", "term": "\(lease.term)"])
    feed.lead(from: lease.publishedStep, storedStep: lease.nextStep)
    defer { feed.resign() }
    var leader = ReplayLeader(
      self, lease: lease, book: CandleBook(resuming: try await candles.open()))
    try await leader.run()
    logger.info("replay is taken over", metadata: ["term": "\(lease.term)"])
  }

  /// Hands on what the leader stores, for a while.
  private func follow() async throws {
    let end = ContinuousClock.now + leaseLength / 3
    while .now < end {
      while try await takeStored() {}
      try await Task.sleep(for: Self.followInterval)
    }
  }

  /// Hands on stored ticks that the hub does not have; false when there are none.
  private func takeStored() async throws -> Bool {
    let stored = try await ticks.ticks(from: hub.nextStep)
    guard let last = stored.last else { return false }
    hub.publish(stored, nextStep: last.step + 1)
    return true
  }

  private func withdraw() async {
    do {
      try await replays.release(holder: holder)
    } catch {
      logger.notice("lease is left to run out", metadata: ["reason": "\(error)"])
    }
  }
}
