internal import AuthDomain
internal import Core
internal import ServiceKit
internal import Synchronization

/// Follows the sessions that end, in whatever replica of this service that happens: the database tells.
///
/// Watchers are the gateways, so they are few, and each looks for itself: one query of an index for each and
/// ``interval``.
final class EndedSessionFeed: Sendable {
  /// How long a session has ended at most before watchers are told of it.
  static let interval: Duration = .milliseconds(500)
  /// How far each look goes back: what was committed late, or stamped by a slow clock, is seen all the same.
  static let overlap: Duration = .seconds(90)

  private let sessions: SessionStore
  private let clock: any Core.Clock
  private let isStopping = Atomic(false)

  init(sessions: SessionStore, clock: any Core.Clock) {
    self.sessions = sessions
    self.clock = clock
  }

  /// Ends what is followed when the service stops.
  var task: BackgroundTask {
    BackgroundTask("ended sessions", endsBeforeCalls: true) { [self] in
      while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
      isStopping.store(true, ordering: .relaxed)
    }
  }

  /// Tells first of all sessions whose tokens have not expired, though there be none, then of each that ends; once each.
  ///
  /// Returns when the service stops.
  nonisolated(nonsending) func follow(
    _ tell: nonisolated(nonsending) ([SessionStore.Ended]) async throws -> Void
  ) async throws {
    var told = Set(try await ended(within: LogIn.accessTokenLifetime + KeySetSource.clockTolerance))
    try await tell(Array(told))
    while !isStopping.load(ordering: .relaxed) {
      try await Task.sleep(for: Self.interval)
      let recent = Set(try await ended(within: Self.overlap))
      let new = recent.subtracting(told)
      if !new.isEmpty { try await tell(Array(new)) }
      // What is older is not looked at again.
      told = recent
    }
  }

  private nonisolated(nonsending) func ended(
    within time: Duration
  ) async throws -> [SessionStore.Ended] {
    let now = clock.now
    return try await sessions.ended(
      after: now - time,
      usedAfter: now - LogIn.accessTokenLifetime - KeySetSource.clockTolerance)
  }
}
