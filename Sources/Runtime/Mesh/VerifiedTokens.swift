internal import RPC
internal import Synchronization

/// The users of tokens that were verified, until the tokens end; at most a fixed number of them.
///
/// Two generations: when the young one is full it becomes the old one, and what was old is
/// forgotten. A token that is used again moves to the young one. So the cache needs neither a list
/// in order of use nor a sweep, and holds the tokens in use.
final class VerifiedTokens: Sendable {
  private struct Generations {
    var young: [String: UserIdentity] = [:]
    var old: [String: UserIdentity] = [:]
  }

  private let generationSize: Int
  private let generations = Mutex(Generations())

  /// A cache that holds at most `capacity` tokens, at least half of them the most recently used.
  init(capacity: Int) {
    precondition(capacity >= 2, "a cache of fewer than two tokens is none")
    generationSize = capacity / 2
  }

  /// The user of a token that has not ended at `now`, in seconds since 1970.
  func user(of token: String, at now: Int64) -> UserIdentity? {
    generations.withLock { generations in
      let user: UserIdentity
      if let young = generations.young[token] {
        user = young
      } else if let old = generations.old.removeValue(forKey: token) {
        user = old
        insert(user, &generations)
      } else {
        return nil
      }
      return now < user.expiresAt ? user : nil
    }
  }

  /// Remembers a verified user under the token.
  func insert(_ user: UserIdentity) {
    generations.withLock { insert(user, &$0) }
  }

  /// Forgets the tokens of these sessions.
  func remove(sessions: Set<String>) {
    generations.withLock { generations in
      let isKept = { (user: UserIdentity) in user.sessionID.map { !sessions.contains($0) } ?? true }
      generations.young = generations.young.filter { isKept($0.value) }
      generations.old = generations.old.filter { isKept($0.value) }
    }
  }

  /// Forgets all.
  func removeAll() {
    generations.withLock { $0 = Generations() }
  }

  /// How many tokens are held.
  var count: Int { generations.withLock { $0.young.count + $0.old.count } }

  private func insert(_ user: UserIdentity, _ generations: inout Generations) {
    if generations.young.count >= generationSize {
      generations.old = generations.young
      generations.young = [:]
    }
    generations.young[user.token] = user
  }
}
