public import Core
internal import Synchronization

/// A session that ended before its access tokens.
public struct EndedSession: Sendable, Hashable {
  /// The session's name, as its tokens carry it.
  public let id: String
  /// When the last of its tokens expires.
  public let tokensExpireAt: Instant

  /// Names both.
  public init(id: String, tokensExpireAt: Instant) {
    self.id = id
    self.tokensExpireAt = tokensExpireAt
  }
}

/// The sessions that ended before their tokens: those the issuer listed last, with how long that list holds, and
/// those it has told one by one.
///
/// Read by every call: one load of an atomic while the list is fresh.
final class EndedSessions: Sendable {
  /// The most sessions that are kept of those told one by one.
  ///
  /// The next ones take the place of those whose tokens expire first; the issuer's list has them, too.
  static let maximumTold = 10_000

  private struct Known {
    var listed: Set<String> = []
    /// When the tokens of each expire, in seconds since 1970.
    var told: [String: Int64] = [:]
  }

  private let known = Mutex(Known())
  private let maximumTold: Int
  /// In seconds since 1970; for ever until an issuer says otherwise.
  private let freshUntil = Atomic<Int64>(.max)

  init(maximumTold: Int = EndedSessions.maximumTold) {
    self.maximumTold = maximumTold
  }

  /// Whether the list may be used at `now`, in seconds since 1970.
  func isFresh(at now: Int64) -> Bool { now < freshUntil.load(ordering: .acquiring) }

  /// Whether a session has ended.
  func contains(_ id: String) -> Bool {
    known.withLock { $0.listed.contains(id) || $0.told[id] != nil }
  }

  /// How many sessions are kept of those told one by one.
  var toldCount: Int { known.withLock { $0.told.count } }

  /// Takes sessions that the issuer tells of.
  ///
  /// - Parameter now: In seconds since 1970; what has expired by then is forgotten.
  func add(_ sessions: [EndedSession], at now: Int64) {
    known.withLock { known in
      for session in sessions { known.told[session.id] = session.tokensExpireAt.seconds + 1 }
      known.told = known.told.filter { now < $0.value }
      guard known.told.count > maximumTold else { return }
      let kept = known.told.sorted { $0.value > $1.value }.prefix(maximumTold)
      known.told = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
  }

  /// Takes a new list.
  ///
  /// - Parameter end: When it must be fetched again; nil for never.
  /// - Returns: those that were not on the list before.
  func replace(by new: Set<String>, until end: Instant?) -> Set<String> {
    let added = known.withLock { known in
      let added = new.subtracting(known.listed)
      known.listed = new
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
