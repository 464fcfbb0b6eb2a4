internal import Core

/// The issuer's keys: fetched when first needed, kept for their life, fetched again for an unknown
/// id — but not at the pace of whoever sends unknown ids.
actor KeySetCache {
  typealias Fetch = @Sendable () async throws -> KeySetDocument

  /// The least time between two fetches.
  static let minimumInterval: Duration = .seconds(10)

  private let fetch: Fetch
  private let clock: any Core.Clock
  private let endedSessions: EndedSessions
  private let didChange: @Sendable (Change) -> Void
  private var keys: VerifyingKeys?
  private var freshUntil = Instant.epoch
  private var lastAttempt: Instant?
  private var lastFailure: TokenError?
  private var running: Task<Void, Never>?

  /// What makes tokens bad that were good before.
  enum Change: Sendable {
    /// A key known before is published no longer.
    case keysRemoved
    /// These sessions have ended.
    case sessionsEnded(Set<String>)
  }

  init(
    clock: any Core.Clock, endedSessions: EndedSessions, fetch: @escaping Fetch,
    didChange: @escaping @Sendable (Change) -> Void
  ) {
    self.clock = clock
    self.endedSessions = endedSessions
    self.fetch = fetch
    self.didChange = didChange
  }

  /// The keys to look for an id in.
  ///
  /// - Throws: ``TokenError/keysUnavailable(_:)`` when there have never been any. Keys past their
  ///   life are used while no newer ones can be had.
  func keys(for id: String) async throws(TokenError) -> VerifyingKeys {
    let isKnown = keys?.key(id) != nil
    let isGood =
      isKnown && clock.now < freshUntil && endedSessions.isFresh(at: clock.now.seconds)
    // Nobody waits for an issuer that did not answer last time, unless nothing goes without it.
    if !isGood { await refresh(waits: !isKnown || lastFailure == nil) }
    guard let keys else {
      throw lastFailure ?? TokenError.keysUnavailable("none were fetched yet")
    }
    return keys
  }

  /// Fetches once for all who wait, unless that was tried a moment ago.
  private func refresh(waits: Bool) async {
    if let running {
      if waits { await running.value }
      return
    }
    let now = clock.now
    if let lastAttempt, now - lastAttempt < Self.minimumInterval, now >= lastAttempt { return }
    lastAttempt = now
    // A task of its own: one caller's cancellation or deadline must not fail the others.
    let task = Task {
      do {
        let document = try await fetch()
        store(try await VerifyingKeys(json: document.json), document)
      } catch let error as TokenError {
        lastFailure = error
      } catch {
        lastFailure = .keysUnavailable("\(error)")
      }
      // What could not be had is asked for again, not before every call.
      if lastFailure != nil { endedSessions.extend(until: clock.now + Self.minimumInterval) }
      running = nil
    }
    running = task
    if waits { await task.value }
  }

  private func store(_ new: VerifyingKeys, _ document: KeySetDocument) {
    let removed = keys?.ids.subtracting(new.ids) ?? []
    keys = new
    lastFailure = nil
    freshUntil = clock.now + max(document.maximumAge, Self.minimumInterval)
    if !removed.isEmpty { didChange(.keysRemoved) }
    let ended = endedSessions.replace(
      by: document.endedSessions,
      until: document.endedSessionsMaximumAge.map { clock.now + max($0, Self.minimumInterval) })
    if !ended.isEmpty { didChange(.sessionsEnded(ended)) }
  }
}
