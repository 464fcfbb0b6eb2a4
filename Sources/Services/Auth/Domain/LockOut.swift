public import Core

/// How often the password of one address may be guessed.
///
/// The first wrong passwords cost nothing: people mistype. From then on each wrong one locks the address, for
/// twice as long as the one before, and guesses are made one at a time. A right password ends that, and so does a
/// day without a wrong one. Whoever is logged in already is not locked out: sessions go on.
public struct LockOut: Hashable, Sendable {
  /// How many wrong passwords there may be before the address is locked.
  public static let freeAttempts = 10
  /// How long the first lock lasts.
  public static let firstLock: Duration = .seconds(60)
  /// How long a lock lasts at most: a stranger's guesses must not keep the owner out for days.
  public static let longestLock: Duration = .seconds(3_600)
  /// How long wrong passwords are remembered.
  public static let memory: Duration = .seconds(86_400)
  /// When to come back if only attempts under way are in the way.
  public static let busyDelay: Duration = .seconds(1)
  /// How long an attempt may be under way: the process that made one which lasts longer has ended without saying what
  /// became of it.
  public static let longestAttempt: Duration = .seconds(30)

  /// The wrong passwords since the last right one.
  public private(set) var failures = 0
  /// When the attempts began of which nobody knows yet what they are.
  public private(set) var underWay: [Instant] = []
  /// When the last wrong password was given.
  public private(set) var lastFailure: Instant?

  /// Nothing is known against the address.
  public init() {}

  /// What was known when it was stored.
  public init(failures: Int, underWay: [Instant], lastFailure: Instant?) {
    self.failures = failures
    self.underWay = underWay
    self.lastFailure = lastFailure
  }

  /// Whether nothing is known against the address, and nobody tries.
  public var isBlank: Bool { failures == 0 && underWay.isEmpty }

  /// Until when no attempt is made, if the address is locked.
  public var lockedUntil: Instant? {
    guard let lastFailure, failures >= Self.freeAttempts else { return nil }
    // Past six doublings it is the longest.
    let doublings = min(failures - Self.freeAttempts, 6)
    return lastFailure + min(Self.firstLock * (1 << doublings), Self.longestLock)
  }

  /// Whether there is nothing to remember.
  public func isForgotten(at now: Instant) -> Bool {
    guard underWay.isEmpty else { return false }
    return lastFailure.map { now >= $0 + Self.memory } ?? true
  }

  /// Lets one attempt begin, or says when to come back.
  ///
  /// It counts from its beginning, so that many at once do not slip through.
  ///
  /// - Parameter now: When it begins; the attempt is known by it.
  public mutating func begin(at now: Instant) throws(TooManyLogIns) {
    underWay.removeAll { now >= $0 + Self.longestAttempt }
    if isForgotten(at: now) { self = LockOut() }
    if let end = lockedUntil, now < end { throw TooManyLogIns(retryAfter: end - now) }
    guard failures + underWay.count < Self.freeAttempts || underWay.isEmpty else {
      throw TooManyLogIns(retryAfter: Self.busyDelay)
    }
    underWay.append(now)
  }

  /// The attempt was a wrong password.
  public mutating func fail(begunAt start: Instant, at now: Instant) {
    end(start)
    failures += 1
    lastFailure = max(lastFailure ?? now, now)
  }

  /// The attempt was the right password: all is forgiven.
  public mutating func succeed(begunAt start: Instant) {
    end(start)
    failures = 0
    lastFailure = nil
  }

  /// No password was compared.
  public mutating func abandon(begunAt start: Instant) { end(start) }

  private mutating func end(_ start: Instant) {
    if let index = underWay.firstIndex(of: start) { underWay.remove(at: index) }
  }
}

/// An address was tried too often.
public struct TooManyLogIns: Error, Hashable, Sendable {
  /// When the next attempt may be made.
  public let retryAfter: Duration

  /// Says when.
  public init(retryAfter: Duration) { self.retryAfter = retryAfter }
}
