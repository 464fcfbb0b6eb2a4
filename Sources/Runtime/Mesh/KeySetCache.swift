internal import Core

/// The issuer's keys: fetched when first needed, kept for their life, fetched again for an unknown
/// id — but not at the pace of whoever sends unknown ids.
actor KeySetCache {
  typealias Fetch = @Sendable () async throws -> KeySetDocument

  /// The least time between two fetches.
  static let minimumInterval: Duration = .seconds(10)

  private let fetch: Fetch
  private let clock: any Core.Clock
  private let didRemoveKeys: @Sendable () -> Void
  private var keys: VerifyingKeys?
  private var freshUntil = Instant.epoch
  private var lastAttempt: Instant?
  private var lastFailure: TokenError?
  private var running: Task<Void, Never>?

  /// - Parameter didRemoveKeys: called when a key known before is published no longer.
  init(
    clock: any Core.Clock, fetch: @escaping Fetch, didRemoveKeys: @escaping @Sendable () -> Void
  ) {
    self.clock = clock
    self.fetch = fetch
    self.didRemoveKeys = didRemoveKeys
  }

  /// The keys to look for an id in.
  ///
  /// - Throws: ``TokenError/keysUnavailable(_:)`` when there have never been any. Keys past their
  ///   life are used while no newer ones can be had.
  func keys(for id: String) async throws(TokenError) -> VerifyingKeys {
    let isGood = keys.map { $0.key(id) != nil && clock.now < freshUntil } ?? false
    if !isGood { await refresh() }
    guard let keys else {
      throw lastFailure ?? TokenError.keysUnavailable("none were fetched yet")
    }
    return keys
  }

  /// Fetches once for all who wait, unless that was tried a moment ago.
  private func refresh() async {
    if let running { return await running.value }
    let now = clock.now
    if let lastAttempt, now - lastAttempt < Self.minimumInterval, now >= lastAttempt { return }
    lastAttempt = now
    // A task of its own: one caller's cancellation or deadline must not fail the others.
    let task = Task {
      do {
        let document = try await fetch()
        store(try await VerifyingKeys(json: document.json), for: document.maximumAge)
      } catch let error as TokenError {
        lastFailure = error
      } catch {
        lastFailure = .keysUnavailable("\(error)")
      }
      running = nil
    }
    running = task
    await task.value
  }

  private func store(_ new: VerifyingKeys, for maximumAge: Duration) {
    let removed = keys?.ids.subtracting(new.ids) ?? []
    keys = new
    lastFailure = nil
    freshUntil = clock.now + max(maximumAge, Self.minimumInterval)
    if !removed.isEmpty { didRemoveKeys() }
  }
}
