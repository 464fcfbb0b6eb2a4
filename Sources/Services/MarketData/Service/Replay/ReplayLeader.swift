import Core
import Logging
import MarketDataDomain
import ProcessKit
import ServiceKit

/// The replica that holds the lease, at work: steps due are made, stored, and only then told.
struct ReplayLeader {
  private let loop: ReplayLoop
  private let lease: ReplayLease
  private var replay: Replay
  private var book: CandleBook
  private var schedule: ReplaySchedule
  private var renewedAt = ContinuousClock.now

  /// Goes on where the lease says.
  ///
  /// - Parameter book: the candles as stored.
  init(_ loop: ReplayLoop, lease: ReplayLease, book: CandleBook) {
    self.loop = loop
    self.lease = lease
    self.book = book
    replay = loop.plan.replay
    schedule = ReplaySchedule(
      session: loop.plan.replay.session, speed: loop.speed, nextStep: lease.nextStep,
      now: loop.environment.clock.now)
  }

  /// Replays until another replica has taken over.
  mutating func run() async throws {
    while true {
      let lagCount = schedule.lagCount
      let steps = schedule.stepsDue(at: loop.environment.clock.now)
      if schedule.lagCount > lagCount {
        loop.environment.logger.notice(
          "market time lags", metadata: ["step": "\(schedule.nextStep)"])
      }
      if steps.isEmpty {
        guard try await renew() else { return }
      } else {
        guard try await make(steps) else { return }
      }
      try await Task.sleep(
        for: min(schedule.pause(at: loop.environment.clock.now), renewInterval))
    }
  }

  /// Makes, stores and tells steps; false when another replica has taken over.
  private mutating func make(_ steps: Range<Int64>) async throws -> Bool {
    let now = loop.environment.clock.now
    var ticks: [Tick] = []
    for step in steps {
      ticks += replay.quotes(at: step).map { Tick($0, step: step, publishedAt: now) }
    }
    // The book is kept only if the candles were stored.
    var next = book
    let candles = next.fold(ticks.map(\.quote))
    guard
      try await loop.replays.store(
        steps, ticks: ticks, candles: candles, publishedStep: loop.feed.publishedStep, under: lease)
    else { return false }
    loop.environment.crashPoints.reach("replay.stored")
    book = next
    renewedAt = .now
    schedule.advance(to: steps.upperBound)
    loop.hub.publish(ticks, nextStep: steps.upperBound)
    loop.feed.offer(ticks, storedStep: steps.upperBound)
    return true
  }

  /// Prolongs the lease when it is time to; false when another replica has taken over.
  private mutating func renew() async throws -> Bool {
    guard .now - renewedAt >= renewInterval else { return true }
    guard try await loop.replays.renew(lease) else { return false }
    renewedAt = .now
    return true
  }

  private var renewInterval: Duration { lease.length / 4 }
}
