internal import Core
internal import Synchronization

/// The sessions that ended before their tokens, as the issuer told last, and how long that holds.
///
/// Read by every call: one load of an atomic while the list is fresh.
final class EndedSessions: Sendable {
  private let ids = Mutex<Set<String>>([])
  /// In seconds since 1970; for ever until an issuer says otherwise.
  private let freshUntil = Atomic<Int64>(.max)

  /// Whether the list may be used at `now`, in seconds since 1970.
  func isFresh(at now: Int64) -> Bool { now < freshUntil.load(ordering: .acquiring) }

  /// Whether a session is on the list.
  func contains(_ id: String) -> Bool { ids.withLock { $0.contains(id) } }

  /// Takes a new list.
  ///
  /// - Parameter end: When it must be fetched again; nil for never.
  /// - Returns: those that were not on the list before.
  func replace(by new: Set<String>, until end: Instant?) -> Set<String> {
    let added = ids.withLock { ids in
      let added = new.subtracting(ids)
      ids = new
      return added
    }
    freshUntil.store(end?.seconds ?? .max, ordering: .releasing)
    return added
  }

  /// Uses the list for longer: no newer one can be had.
  func extend(until end: Instant) {
    let current = freshUntil.load(ordering: .acquiring)
    if current < end.seconds { freshUntil.store(end.seconds, ordering: .releasing) }
  }
}
